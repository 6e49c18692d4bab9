package bpf4j.jit.emit;

import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.Body.Block;
import bpf4j.jit.ir.Rep;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.util.Arrays;
import java.util.List;

/// Writes a subprogram as one static method, see [ProgramLayout#DESCRIPTOR].
final class MethodEmitter {
    private static final int LOOPS = 8 << 20;

    private final Writer writer;
    private final Analysis analysis;
    private final Locals locals;
    private final MethodContext context;
    private final BlockEmitter blocks;
    private final Label[] labels;

    MethodEmitter(
            Writer writer,
            Analysis analysis,
            ProgramLayout layout,
            ClassData classData,
            CallEmitter.Targets targets,
            Lines lines) {
        this.writer = writer;
        this.analysis = analysis;
        locals = new Locals(0, 1, 12, layout.valuesRegions());
        writer.names(locals::name);
        labels = new Label[analysis.body().blocks().size()];
        Arrays.setAll(labels, i -> new Label());
        context =
                new MethodContext(
                        writer,
                        locals,
                        new Values(writer, locals),
                        analysis.knowledge(),
                        classData,
                        layout,
                        i -> labels[i],
                        () -> writer.op(Opcodes.LRETURN));
        blocks = new BlockEmitter(context, analysis, targets, lines);
    }

    /// Writes the method; returns how long it is with what HotSpot inlines.
    int emit(MethodVisitor method) {
        method.visitCode();
        Label start = new Label();
        Label end = new Label();
        Label handler = new Label();
        writer.constant(analysis.body().pc());
        writer.storeInt(locals.pc());
        if (hasBudget()) {
            writer.constant(LOOPS);
            writer.storeInt(locals.budget());
        }
        writer.handler(start, end, handler);
        writer.label(start);
        PacketLocals.fill(context, analysis);
        prologue();
        List<Block> all = analysis.body().blocks();
        if (analysis.body().entry() != 0) {
            writer.jump(Opcodes.GOTO, labels[analysis.body().entry()]);
        }
        for (Block block : all) {
            blocks.emit(block, block.index() + 1 < all.size() ? block.index() + 1 : -1);
        }
        writer.label(end);
        writer.label(handler);
        translate(writer, locals);
        method.visitMaxs(0, 0);
        method.visitEnd();
        return writer.sizeInlined();
    }

    /// Turns the exception on the operand stack into a fault with its place.
    static void translate(Writer writer, Locals locals) {
        writer.loadInt(locals.pc());
        writer.callStatic(
                Names.ACCESS,
                "translate",
                "(Ljava/lang/RuntimeException;I)Lbpf4j/runtime/ProgramFault;");
        writer.op(Opcodes.ATHROW);
    }

    private boolean hasBudget() {
        return Arrays.stream(analysis.body().insns())
                .anyMatch(insn -> insn instanceof bpf4j.isa.Insn.MayGoto);
    }

    /// Puts parameters into their variables, and 0 into those that are read before they are
    /// written.
    private void prologue() {
        int entry = analysis.body().entry();
        long live = analysis.liveness().in(entry);
        long parameters = analysis.webs().parameters();
        for (long rest = live; rest != 0; rest &= rest - 1) {
            int variable = Long.numberOfTrailingZeros(rest);
            Rep rep = analysis.webs().atEntry(entry, variable);
            if ((parameters & 1L << variable) != 0) {
                writer.loadLong(2 * variable);
            } else {
                writer.constant(0L);
            }
            context.values().pop(variable, rep, Values.Form.LONG);
        }
    }
}
