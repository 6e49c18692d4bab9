package bpf4j.jit.emit;

import bpf4j.jit.ir.Effects;

/// Where a generated method keeps its local variables.
///
/// @param execution the running execution
/// @param framePointer the stack offset of r10
/// @param regions the regions of the values of each map of the program, shifted into place
record Locals(int execution, int framePointer, long[] regions) {
    private static final int PC = 12;
    private static final int BUDGET = 13;
    private static final int FIRST = 14;

    /// What a local variable holds, for people.
    static String name(int local) {
        if (local == PC) {
            return "pc";
        }
        if (local == BUDGET) {
            return "budget";
        }
        if (local < FIRST) {
            return Integer.toString(local);
        }
        int variable = (local - FIRST) / 3;
        boolean wide = (local - FIRST) % 3 == 0;
        return variable < Effects.FIRST_SLOT
                ? (wide ? "r" : "w") + variable
                : (wide ? "s" : "t") + (variable - Effects.FIRST_SLOT);
    }

    /// The `long` of a variable.
    int wide(int variable) {
        return FIRST + 3 * variable;
    }

    /// The `int` of a variable.
    int narrow(int variable) {
        return FIRST + 3 * variable + 2;
    }

    /// The slot of the last instruction that could fault.
    int pc() {
        return PC;
    }

    /// What `may_goto` has left.
    int budget() {
        return BUDGET;
    }

    /// A free `long`.
    int scratch() {
        return wide(Effects.LIMIT);
    }

    void pushValuesRegion(Writer writer, int map) {
        writer.constant(regions[map]);
    }
}
