package bpf4j.jit.emit;

import bpf4j.jit.support.Links;
import bpf4j.runtime.Bindings;
import bpf4j.spec.ProgramSpec;

import java.util.BitSet;
import java.util.Map;

/// How the parts of a program find each other.
///
/// @param indexes the number of the subprogram at each slot where one begins
/// @param reads the registers that each subprogram reads
/// @param tails the subprograms that may end in a tail call
/// @param checked whether the program is not verified: it pays for instructions with fuel
/// @param nativePackets whether packets lie in native memory; else in arrays
/// @param shallow whether calls cannot nest deeper than the stack
record ProgramLayout(
        ProgramSpec spec,
        Bindings bindings,
        Links links,
        Map<Integer, Integer> indexes,
        long[] reads,
        BitSet tails,
        boolean checked,
        boolean nativePackets,
        boolean shallow) {

    /// The descriptor of the method of a subprogram: execution, stack offset of r10, r1 to r5.
    static final String DESCRIPTOR = "(Lbpf4j/runtime/Execution;IJJJJJ)J";

    /// The number of the subprogram that begins at a slot.
    int index(int pc) {
        Integer index = indexes.get(pc);
        if (index == null) {
            throw new AssertionError("no subprogram begins at slot " + pc);
        }
        return index;
    }

    /// The region of the values of each map, shifted into place.
    long[] valuesRegions() {
        return bindings.maps().stream().mapToLong(map -> map.valueAddress(0)).toArray();
    }

    /// The name of the method of a subprogram.
    String methodName(int index) {
        int pc = -1;
        for (Map.Entry<Integer, Integer> entry : indexes.entrySet()) {
            if (entry.getValue() == index) {
                pc = entry.getKey();
            }
        }
        for (ProgramSpec.Function function : spec.functions()) {
            if (function.pc() == pc && !function.name().isEmpty()) {
                return clean(function.name()) + "_" + index;
            }
        }
        return (index == 0 ? clean(spec.name()) : "subprogram") + "_" + index;
    }

    /// A name without what the JVM does not permit in names.
    static String clean(String name) {
        return name.replaceAll("[^A-Za-z0-9_$]", "_");
    }
}
