package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// Helpers by number and kernel functions by name, immutable.
public final class HelperTable {
    private final Map<Integer, HelperFunction> functions;
    private final Map<String, HelperFunction> kfuncs;

    private HelperTable(
            Map<Integer, HelperFunction> functions, Map<String, HelperFunction> kfuncs) {
        this.functions = functions;
        this.kfuncs = kfuncs;
    }

    /// A table of these helpers.
    public static HelperTable of(Map<Integer, HelperFunction> functions) {
        return new HelperTable(Map.copyOf(functions), Map.of());
    }

    /// A table of these helpers and kernel functions.
    public static HelperTable of(
            Map<Integer, HelperFunction> functions, Map<String, HelperFunction> kfuncs) {
        return new HelperTable(Map.copyOf(functions), Map.copyOf(kfuncs));
    }

    /// This table with one more helper, or another one in its place.
    public HelperTable with(int id, HelperFunction function) {
        Map<Integer, HelperFunction> changed = new HashMap<>(functions);
        changed.put(id, function);
        return new HelperTable(Map.copyOf(changed), kfuncs);
    }

    /// The helper with this number, or null.
    public @Nullable HelperFunction find(int id) {
        return functions.get(id);
    }

    /// This table with one more kernel function, or another one in its place.
    public HelperTable withKfunc(String name, HelperFunction function) {
        Map<String, HelperFunction> changed = new HashMap<>(kfuncs);
        changed.put(name, function);
        return new HelperTable(functions, Map.copyOf(changed));
    }

    /// The kernel function with this name, or null.
    public @Nullable HelperFunction findKfunc(String name) {
        return kfuncs.get(name);
    }
}
