package bpf4j.isa;

import bpf4j.spec.ProgramSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The control-flow graph of a program as a Graphviz digraph: a box a basic block, a cluster a
/// function. Taken branches are green, the way past an untaken one is red, calls are dashed.
public final class ControlFlow {
    private final Code code;
    private final TreeSet<Integer> starts = new TreeSet<>();
    private final TreeSet<Integer> functions = new TreeSet<>();
    private final SymbolicText text;
    private final ProgramSpec spec;

    private ControlFlow(ProgramSpec spec) {
        this.spec = spec;
        this.code = spec.code();
        this.text = new SymbolicText(spec);
        starts.add(0);
        functions.add(0);
        spec.functions().forEach(function -> functions.add(function.pc()));
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Insn insn = code.at(pc);
            int target = (int) Codec.target(insn, pc);
            if (insn instanceof Insn.CallLocal
                    || insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC) {
                functions.add(target);
            } else if (endsBlock(insn)) {
                starts.add(target);
                starts.add(pc + 1);
            }
        }
        starts.addAll(functions);
        starts.removeIf(pc -> pc >= code.size());
    }

    /// The graph in Graphviz' dot language.
    ///
    /// @throws DecodeException when a jump leads to no instruction
    public static String dot(ProgramSpec spec) throws DecodeException {
        Codec.checkJumps(spec.code());
        return new ControlFlow(spec).draw();
    }

    private static boolean endsBlock(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto
                || insn instanceof Insn.Exit;
    }

    private String draw() {
        StringBuilder out = new StringBuilder("digraph ");
        out.append(quote(spec.name()))
                .append(" {\n  node [shape=box, fontname=\"monospace\", fontsize=10];\n");
        List<String> edges = new ArrayList<>();
        for (int function : functions) {
            Integer next = functions.higher(function);
            int end = next == null ? code.size() : next;
            out.append("  subgraph cluster_").append(function).append(" {\n    label=");
            out.append(quote(name(function))).append(";\n");
            for (int start : starts.subSet(function, end)) {
                Integer following = starts.higher(start);
                block(out, edges, start, following == null ? code.size() : following);
            }
            out.append("  }\n");
        }
        edges.forEach(edge -> out.append("  ").append(edge).append(";\n"));
        return out.append("}\n").toString();
    }

    private void block(StringBuilder out, List<String> edges, int start, int end) {
        StringBuilder body = new StringBuilder();
        int last = start;
        for (int pc = start; pc < end; pc = code.next(pc)) {
            Insn insn = code.at(pc);
            body.append(pc).append(": ").append(escape(text.text(pc))).append("\\l");
            if (insn instanceof Insn.CallLocal) {
                edges.add(edge(start, (int) Codec.target(insn, pc)) + " [style=dashed]");
            }
            last = pc;
        }
        out.append("    b").append(start).append(" [label=\"").append(body).append("\"];\n");
        leave(edges, start, last, end);
    }

    private void leave(List<String> edges, int start, int last, int end) {
        Insn insn = code.at(last);
        int target = (int) Codec.target(insn, last);
        if (insn instanceof Insn.Exit) {
            return;
        }
        if (insn instanceof Insn.Jump) {
            edges.add(edge(start, target));
            return;
        }
        boolean branches = insn instanceof Insn.JumpIf || insn instanceof Insn.MayGoto;
        if (branches) {
            edges.add(edge(start, target) + " [color=darkgreen]");
        }
        if (end < code.size()) {
            edges.add(edge(start, end) + (branches ? " [color=red]" : ""));
        }
    }

    private static String edge(int from, int to) {
        return "b" + from + " -> b" + to;
    }

    private String name(int function) {
        for (ProgramSpec.Function candidate : spec.functions()) {
            if (candidate.pc() == function) {
                return candidate.name();
            }
        }
        return function == 0 ? spec.name() : "L" + function;
    }

    private static String quote(String text) {
        return '"' + escape(text) + '"';
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
