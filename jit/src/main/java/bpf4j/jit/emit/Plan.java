package bpf4j.jit.emit;

import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.CallGraph;
import bpf4j.runtime.Bindings;
import bpf4j.spec.ProgramSpec;

import java.util.BitSet;
import java.util.List;

/// What classes are written of.
///
/// @param analyses the subprograms, the entry first
/// @param graph which of them call which
/// @param fuel whether the program pays for jumps back and calls
/// @param nativePackets whether packets lie in native memory; else in arrays. Matters where the
///     program is known to access packets
/// @param trace sees the bytecode
public record Plan(
        ProgramSpec spec,
        Bindings bindings,
        List<Analysis> analyses,
        CallGraph graph,
        boolean fuel,
        boolean nativePackets,
        Trace trace) {
    public Plan {
        analyses = List.copyOf(analyses);
    }

    /// The registers that each subprogram reads.
    long[] reads() {
        return analyses.stream().mapToLong(analysis -> analysis.webs().parameters()).toArray();
    }

    /// The subprograms that may end in a tail call.
    BitSet tails() {
        return graph.tails();
    }

    /// The same for packets in native memory.
    public Plan forNativePackets() {
        return new Plan(spec, bindings, analyses, graph, fuel, true, trace);
    }
}
