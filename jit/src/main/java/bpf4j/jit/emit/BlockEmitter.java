package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.Body;
import bpf4j.jit.ir.Body.Block;
import bpf4j.jit.ir.Effects;
import bpf4j.jit.ir.Rep;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/// Writes blocks of a subprogram one after the other.
final class BlockEmitter {
    private final MethodContext context;
    private final Analysis analysis;
    private final InsnEmitter insns;
    private final Lines lines;

    BlockEmitter(
            MethodContext context, Analysis analysis, CallEmitter.Targets targets, Lines lines) {
        this.context = context;
        this.analysis = analysis;
        this.lines = lines;
        insns = new InsnEmitter(context, analysis.effects(), targets);
    }

    /// Sets the representation of every variable to that at the start of a block.
    void enter(Block block) {
        for (long rest = analysis.liveness().in(block.index()); rest != 0; rest &= rest - 1) {
            int variable = Long.numberOfTrailingZeros(rest);
            context.values().set(variable, analysis.webs().atEntry(block.index(), variable));
        }
    }

    /// Writes a block; `following` is the block written next, or -1.
    void emit(Block block, int following) {
        Body body = analysis.body();
        context.writer().label(context.label().apply(block.index()));
        enter(block);
        long[] live = analysis.liveAfter(block);
        for (int i = block.first(); i < block.end(); i++) {
            int pc = body.pcs()[i];
            lines.at(pc, context.writer());
            context.writer().at(pc);
            boolean last = i == block.end() - 1;
            if (last && context.layout().checked() && jumpsBack(block)) {
                insns.spend(pc, body.pcs()[i] - body.pcs()[earliest(block)] + 1);
            }
            Label target =
                    last && block.target() >= 0 ? context.label().apply(block.target()) : null;
            emit(i, live[i - block.first()], target);
        }
        context.writer().at(-1);
        if (block.next() >= 0 && block.next() != following) {
            context.writer().jump(Opcodes.GOTO, context.label().apply(block.next()));
        }
    }

    private boolean jumpsBack(Block block) {
        return block.next() >= 0 && block.next() <= block.index()
                || block.target() >= 0 && block.target() <= block.index();
    }

    /// The first instruction of a loop that ends with a block.
    private int earliest(Block block) {
        int first = block.index();
        if (block.next() >= 0) {
            first = Math.min(first, block.next());
        }
        if (block.target() >= 0) {
            first = Math.min(first, block.target());
        }
        return analysis.body().blocks().get(first).first();
    }

    private void emit(int i, long live, @Nullable Label target) {
        Insn insn = analysis.body().insns()[i];
        int pc = analysis.body().pcs()[i];
        long defs = analysis.effects().defs(pc, insn);
        int register = Long.numberOfTrailingZeros(defs);
        boolean isRegister = register < Effects.FIRST_SLOT;
        insns.emit(
                pc,
                insn,
                isRegister ? defined(i, defs, live, register) : null,
                slot -> defined(i, defs, live, slot),
                target);
    }

    private @Nullable Rep defined(int i, long defs, long live, int variable) {
        return (live & defs & 1L << variable) == 0
                ? null
                : analysis.webs().defined(i, defs, variable);
    }
}
