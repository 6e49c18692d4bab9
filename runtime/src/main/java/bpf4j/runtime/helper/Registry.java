package bpf4j.runtime.helper;

import bpf4j.runtime.HelperFunction;

import java.util.HashMap;
import java.util.Map;

/// Collects helpers while the table of all is built.
final class Registry {
    final Map<Integer, HelperFunction> helpers = new HashMap<>();
    final Map<String, HelperFunction> kfuncs = new HashMap<>();

    void add(int id, HelperFunction function) {
        if (helpers.put(id, function) != null) {
            throw new AssertionError("helper " + id + " is registered twice");
        }
    }

    void kfunc(String name, HelperFunction function) {
        if (kfuncs.put(name, function) != null) {
            throw new AssertionError(name + " is registered twice");
        }
    }
}
