package bpf4j.verifier.state;

import java.util.Arrays;

/// One call: its registers and its stack. Copies share the stack until one of them writes.
public final class Frame {
    /// The call site of a frame that nothing called.
    public static final int NO_CALL = -1;

    /// Registers by number.
    public final Reg[] regs;

    private Slot[] stack;
    private boolean shared;

    /// The slot of the call instruction.
    public final int callSite;

    /// Its place in the chain of calls: 0 is the outermost.
    public final int number;

    /// The number of its subprogram.
    public final int subprogram;

    /// How often the callback that this frame calls was simulated.
    public int callbackDepth;

    /// Counts entries into asynchronous callbacks.
    public int asyncEntries;

    public boolean inCallback;
    public boolean inAsyncCallback;

    /// What a callback may return.
    public int returnMin;

    public int returnMax;

    private static final Slot[] NO_SLOTS = {};

    /// A frame in which only the frame pointer is set.
    public Frame(int callSite, int number, int subprogram) {
        this.callSite = callSite;
        this.number = number;
        this.subprogram = subprogram;
        regs = new Reg[11];
        Arrays.fill(regs, Reg.NOT_INIT);
        regs[10] = Reg.pointer(Kind.STACK, number);
        stack = NO_SLOTS;
        shared = true;
    }

    private Frame(Frame other) {
        callSite = other.callSite;
        number = other.number;
        subprogram = other.subprogram;
        callbackDepth = other.callbackDepth;
        asyncEntries = other.asyncEntries;
        inCallback = other.inCallback;
        inAsyncCallback = other.inAsyncCallback;
        returnMin = other.returnMin;
        returnMax = other.returnMax;
        regs = other.regs.clone();
        stack = other.stack;
        shared = true;
        other.shared = true;
    }

    /// A copy that can be changed on its own.
    public Frame copy() {
        return new Frame(this);
    }

    /// The number of slots known of; those below were never touched.
    public int slots() {
        return stack.length;
    }

    /// The slot with a number; slot 0 ends at the frame pointer.
    public Slot slot(int index) {
        return index < stack.length ? stack[index] : Slot.EMPTY;
    }

    /// Changes a slot.
    public void set(int index, Slot slot) {
        grow(index + 1);
        if (stack[index] == slot) {
            return;
        }
        if (shared) {
            stack = stack.clone();
            shared = false;
        }
        stack[index] = slot;
    }

    /// Makes sure that there are so many slots.
    public void grow(int slots) {
        int old = stack.length;
        if (slots > old) {
            stack = Arrays.copyOf(stack, slots);
            Arrays.fill(stack, old, slots, Slot.EMPTY);
            shared = false;
        }
    }

    /// Whether both have the very same stack.
    public boolean sharesStackWith(Frame other) {
        return stack == other.stack;
    }

    /// What byte is at an offset from the frame pointer.
    public int byteAt(int off) {
        return slot(slotOf(off)).type(indexOf(off));
    }

    /// The slot that holds the byte at an offset (negative) from the frame pointer.
    public static int slotOf(int off) {
        return (-off - 1) / 8;
    }

    /// Which byte of its slot that is.
    public static int indexOf(int off) {
        return (-off - 1) & 7;
    }
}
