package bpf4j.cli;

import bpf4j.loader.ObjectSpec;
import bpf4j.spec.LoadException;

import java.util.List;

/// Global variables set on the command line.
final class Variables {
    private Variables() {}

    /// The object with each `NAME=VALUE` applied.
    static ObjectSpec apply(ObjectSpec object, List<String> assignments) throws LoadException {
        ObjectSpec changed = object;
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new UnusableInputException("--set " + assignment + ": write NAME=VALUE");
            }
            changed =
                    changed.withVariable(
                            assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        return changed;
    }
}
