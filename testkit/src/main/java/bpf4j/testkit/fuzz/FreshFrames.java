package bpf4j.testkit.fuzz;

import bpf4j.interpreter.StepObserver;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.runtime.Address;
import bpf4j.runtime.Execution;

import java.util.Arrays;

/// Fills each frame of the stack with one byte when it is entered: nothing of what a program left
/// in
/// a frame before can be read then, be it of an earlier call, callback or tail call.
final class FreshFrames implements StepObserver {
    private static final int TAIL_CALL = 12;

    private final Code code;
    private final byte stale;
    private byte[] stack = new byte[0];
    private int lastFrame;
    private int next;
    private boolean left;

    /// Frames of a program with this code, full of `stale` at first.
    FreshFrames(Code code, byte stale) {
        this.code = code;
        this.stale = stale;
    }

    /// A run begins.
    void begin(Execution running) {
        stack = running.stack;
        Arrays.fill(stack, stale);
        lastFrame = 0;
        left = false;
    }

    @Override
    public void step(int pc, int frame, long[] registers) {
        boolean entered = frame > lastFrame || left && frame == lastFrame && pc != next;
        if (entered) {
            int end = Address.offset(registers[10]);
            Arrays.fill(stack, end - Address.FRAME_SIZE, end, stale);
        }
        lastFrame = frame;
        // After an exit comes the caller, in a lower frame, or the next turn of a callback; after a
        // tail call the program's start, unless it failed.
        Insn insn = code.at(pc);
        next = code.next(pc);
        left =
                insn instanceof Insn.Exit
                        || insn instanceof Insn.CallHelper call && call.id() == TAIL_CALL;
    }
}
