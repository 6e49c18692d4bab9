package bpf4j.jit.support;

import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.ProgramFault;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.function.Supplier;

/// How the classes of one compiled program find each other and what they call by number.
public final class Links {
    private final Map<Integer, Integer> subprograms;
    private final HelperTable helpers;
    private final @Nullable Supplier<GeneratedProgram> other;
    private @Nullable GeneratedProgram program;
    private volatile @Nullable GeneratedProgram forOther;

    /// Links of a program.
    ///
    /// @param subprograms the number of the subprogram that begins at each slot
    /// @param other compiles the program for packets in the other kind of memory; null when it
    /// takes
    ///     all
    public Links(
            Map<Integer, Integer> subprograms,
            HelperTable helpers,
            @Nullable Supplier<GeneratedProgram> other) {
        this.subprograms = Map.copyOf(subprograms);
        this.helpers = helpers;
        this.other = other;
    }

    /// The program for packets in native memory.
    public GeneratedProgram forNativePackets() {
        if (other == null) {
            return program();
        }
        GeneratedProgram found = forOther;
        if (found == null) {
            synchronized (this) {
                found = forOther;
                if (found == null) {
                    found = other.get();
                    forOther = found;
                }
            }
        }
        return found;
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
