package bpf4j.jit.support;

import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.ProgramFault;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// How the classes of one compiled program find each other and what they call by number.
public final class Links {
    private final Map<Integer, Integer> subprograms;
    private final HelperTable helpers;
    private @Nullable GeneratedProgram program;

    /// Links of a program.
    ///
    /// @param subprograms the number of the subprogram that begins at each slot
    public Links(Map<Integer, Integer> subprograms, HelperTable helpers) {
        this.subprograms = Map.copyOf(subprograms);
        this.helpers = helpers;
    }

    /// Says which program this is, once it exists.
    public void bind(GeneratedProgram bound) {
        program = bound;
    }

    /// The program.
    public GeneratedProgram program() {
        GeneratedProgram bound = program;
        if (bound == null) {
            throw new AssertionError("the program is not bound");
        }
        return bound;
    }

    /// The number of the subprogram that begins at slot `pc`.
    public int subprogram(int pc) {
        Integer number = subprograms.get(pc);
        if (number == null) {
            throw new ProgramFault("slot " + pc + " is no function");
        }
        return number;
    }

    /// The helper with a number.
    public HelperFunction helper(long id) {
        HelperFunction helper = id == (int) id ? helpers.find((int) id) : null;
        if (helper == null) {
            throw new ProgramFault("helper " + id + " does not exist here");
        }
        return helper;
    }
}
