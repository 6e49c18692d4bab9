package bpf4j.jit.emit;

import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Rep;
import bpf4j.runtime.Errno;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/// `bpf_loop` with a known callback: a loop of direct calls, which HotSpot can inline, where the
/// helper would find the callback by its address each time.
final class LoopEmitter {
    /// The helper's number.
    static final int LOOP = 181;

    /// The most turns (`BPF_MAX_LOOPS`).
    private static final int MAX_LOOPS = 1 << 23;

    private final MethodContext context;
    private final Writer writer;
    private final Values values;

    LoopEmitter(MethodContext context) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
    }

    /// The loop: turns in r1, context in r3, flags in r4.
    ///
    /// @param callback calls the callback with the arguments from execution to r5 on the operand
    ///     stack
    /// @param frame pushes the stack offset of the callback's r10
    void emit(Runnable callback, Runnable frame, @Nullable Rep rep) {
        int turn = context.locals().turn();
        int turns = context.locals().turns();
        Label test = new Label();
        Label body = new Label();
        Label flagsGood = new Label();
        Label turnsGood = new Label();
        Label end = new Label();
        values.pushLong(4);
        writer.constant(0L);
        writer.op(Opcodes.LCMP);
        writer.jump(Opcodes.IFEQ, flagsGood);
        writer.constant((long) -Errno.EINVAL);
        writer.jump(Opcodes.GOTO, end);
        writer.label(flagsGood);
        values.pushInt(1);
        writer.storeInt(turns);
        writer.loadInt(turns);
        writer.constant(MAX_LOOPS);
        writer.callStatic("java/lang/Integer", "compareUnsigned", "(II)I");
        writer.jump(Opcodes.IFLE, turnsGood);
        writer.constant((long) -Errno.E2BIG);
        writer.jump(Opcodes.GOTO, end);
        writer.label(turnsGood);
        writer.constant(0);
        writer.storeInt(turn);
        writer.jump(Opcodes.GOTO, test);
        writer.label(body);
        context.pushExecution();
        frame.run();
        writer.loadInt(turn);
        writer.op(Opcodes.I2L);
        values.pushLong(3);
        writer.constant(0L);
        writer.constant(0L);
        writer.constant(0L);
        callback.run();
        writer.addToInt(turn, 1);
        writer.constant(0L);
        writer.op(Opcodes.LCMP);
        writer.jump(Opcodes.IFEQ, test);
        writer.loadInt(turn);
        writer.op(Opcodes.I2L);
        writer.jump(Opcodes.GOTO, end);
        writer.label(test);
        writer.loadInt(turn);
        writer.loadInt(turns);
        writer.jump(Opcodes.IF_ICMPLT, body);
        writer.loadInt(turns);
        writer.op(Opcodes.I2L);
        writer.label(end);
        if (rep == null) {
            values.drop(Form.LONG);
        } else {
            values.pop(0, rep, Form.LONG);
        }
    }
}
