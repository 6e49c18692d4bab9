package bpf4j.jit.emit;

import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.Body.Block;
import bpf4j.jit.ir.Predecessors;
import bpf4j.jit.ir.Rep;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes a subprogram that is too large for one method as many: chunks, each a static method
/// `int chunk(Frame, int block)` that returns the block of another chunk to go on with, or -1. Live
/// variables go through the [bpf4j.jit.support.Frame] between them.
final class SplitEmitter {
    static final String DESCRIPTOR = "(Lbpf4j/jit/support/Frame;I)I";

    /// The bytecode that a chunk may have; entries and exits come on top. HotSpot takes more than
    /// twice as long for chunks of twice the size, and they are slower: with what it inlines they
    /// come over a limit (`DesiredMethodLimit`). In smaller ones passing variables shows.
    private static final int TARGET = 3500;

    /// The most that passing one variable in or out takes.
    private static final int PASS = 14;

    /// The most that one block and the end of a chunk take.
    private static final int BLOCK = 1000;

    private final Analysis analysis;
    private final ProgramLayout layout;
    private final Lines lines;
    private final Predecessors predecessors;
    private int next;

    SplitEmitter(Analysis analysis, ProgramLayout layout, Lines lines) {
        this.analysis = analysis;
        this.layout = layout;
        this.lines = lines;
        predecessors = Predecessors.of(analysis.body());
    }

    /// The first block that has not been written, or the number of blocks when all have.
    int next() {
        return next;
    }

    boolean done() {
        return next == analysis.body().blocks().size();
    }

    /// Writes the next chunk.
    void emit(MethodVisitor method, ClassData classData) {
        method.visitCode();
        new Chunk(new Writer(method), classData).emit();
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private final class Chunk {
        private final Writer writer;
        private final Locals locals = new Locals(2, 3, 4, layout.valuesRegions());
        private final MethodContext context;
        private final BlockEmitter blocks;
        private final Map<Integer, Label> labels = new TreeMap<>();
        private final BitSet written = new BitSet();
        private final int first = next;

        Chunk(Writer writer, ClassData classData) {
            this.writer = writer;
            writer.names(locals::name);
            context =
                    new MethodContext(
                            writer,
                            locals,
                            new Values(writer, locals),
                            analysis.knowledge(),
                            classData,
                            layout,
                            this::label,
                            this::exit);
            blocks =
                    new BlockEmitter(
                            context, analysis, new CallEmitter.Targets(null, Map.of()), lines);
        }

        private Label label(int block) {
            return labels.computeIfAbsent(block, i -> new Label());
        }

        /// Returns the `long` on the operand stack as r0.
        private void exit() {
            int scratch = locals.scratch();
            writer.storeLong(scratch);
            writer.loadReference(0);
            writer.loadLong(scratch);
            writer.putField(Names.FRAME, "r0", "J");
            writer.constant(-1);
            writer.op(Opcodes.IRETURN);
        }

        void emit() {
            Label start = new Label();
            Label dispatch = new Label();
            Label end = new Label();
            Label handler = new Label();
            writer.handler(start, end, handler);
            begin(dispatch, start);
            List<Block> all = analysis.body().blocks();
            do {
                Block block = all.get(next++);
                written.set(block.index());
                blocks.emit(block, next < all.size() ? next : -1);
            } while (next < all.size() && writer.size() < TARGET && hasRoom());
            if (next < all.size() && all.get(next - 1).next() == next) {
                writer.jump(Opcodes.GOTO, label(next));
            }
            for (Map.Entry<Integer, Label> label : labels.entrySet()) {
                if (!written.get(label.getKey())) {
                    leave(all.get(label.getKey()), label.getValue());
                }
            }
            writer.label(dispatch);
            enter();
            writer.label(end);
            writer.label(handler);
            MethodEmitter.translate(writer, locals);
        }

        /// Whether another block fits beside the entries and exits that are needed so far.
        private boolean hasRoom() {
            int passed = 0;
            for (int block : labels.keySet()) {
                if (!written.get(block)) {
                    passed += cost(block);
                }
            }
            for (int block = first; block < next; block++) {
                if (predecessors.first(block) < first || predecessors.last(block) >= next) {
                    passed += cost(block);
                }
            }
            return writer.sizeInlined() + passed < Writer.HUGE - BLOCK;
        }

        private int cost(int block) {
            return 20 + PASS * Long.bitCount(analysis.liveness().in(block));
        }

        private void begin(Label dispatch, Label start) {
            writer.constant(analysis.body().pc());
            writer.storeInt(locals.pc());
            writer.label(start);
            writer.loadReference(0);
            writer.getField(Names.FRAME, "execution", Names.of(Names.EXECUTION));
            writer.storeReference(locals.execution());
            writer.loadReference(0);
            writer.getField(Names.FRAME, "pointer", "I");
            writer.storeInt(locals.framePointer());
            writer.loadReference(0);
            writer.getField(Names.FRAME, "budget", "I");
            writer.storeInt(locals.budget());
            writer.jump(Opcodes.GOTO, dispatch);
        }

        /// Stores the live variables and returns a block of another chunk.
        private void leave(Block block, Label label) {
            writer.label(label);
            blocks.enter(block);
            for (long rest = analysis.liveness().in(block.index()); rest != 0; rest &= rest - 1) {
                int variable = Long.numberOfTrailingZeros(rest);
                if (!(context.values().rep(variable) instanceof Rep.Constant)) {
                    pushVariables();
                    writer.constant(variable);
                    context.values().pushLong(variable);
                    writer.op(Opcodes.LASTORE);
                }
            }
            writer.loadReference(0);
            writer.loadInt(locals.budget());
            writer.putField(Names.FRAME, "budget", "I");
            writer.constant(block.index());
            writer.op(Opcodes.IRETURN);
        }

        /// Jumps to the block that the caller asked for, with the live variables loaded.
        private void enter() {
            int[] entries = entries();
            Label[] stubs = new Label[entries.length];
            Label none = new Label();
            for (int i = 0; i < entries.length; i++) {
                stubs[i] = new Label();
            }
            writer.loadInt(1);
            writer.choose(entries, none, stubs);
            for (int i = 0; i < entries.length; i++) {
                writer.label(stubs[i]);
                load(analysis.body().blocks().get(entries[i]));
                writer.jump(Opcodes.GOTO, label(entries[i]));
            }
            writer.label(none);
            context.fault(analysis.body().pc(), "a part of the program was entered wrongly");
        }

        private void load(Block block) {
            for (long rest = analysis.liveness().in(block.index()); rest != 0; rest &= rest - 1) {
                int variable = Long.numberOfTrailingZeros(rest);
                Rep rep = analysis.webs().atEntry(block.index(), variable);
                if (rep instanceof Rep.Constant || rep instanceof Rep.InFrame) {
                    context.values().set(variable, rep);
                } else {
                    pushVariables();
                    writer.constant(variable);
                    writer.op(Opcodes.LALOAD);
                    context.values().pop(variable, rep, Values.Form.LONG);
                }
            }
        }

        /// The blocks of this chunk that others enter: those with a predecessor outside, and the
        /// entry.
        private int[] entries() {
            BitSet entries = new BitSet();
            for (int block = first; block < next; block++) {
                if (predecessors.first(block) < first
                        || predecessors.last(block) >= next
                        || block == analysis.body().entry()) {
                    entries.set(block);
                }
            }
            return entries.stream().toArray();
        }

        private void pushVariables() {
            writer.loadReference(0);
            writer.getField(Names.FRAME, "variables", "[J");
        }
    }
}
