package bpf4j.verifier.state;

import bpf4j.spec.MapSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What is known at one point of one path: frames, references, locks, and how exploration came
/// here. A checkpoint is a copy that is kept and compared with later states; precise and read marks
/// belong to checkpoints.
public final class State {
    /// The most calls that can be nested.
    public static final int MAX_FRAMES = 8;

    private static final int MAX_REFERENCES = 1024;
    private static final Reference[] NO_REFERENCES = {};

    private final @Nullable Frame[] frames = new @Nullable Frame[MAX_FRAMES];

    /// The number of the innermost frame.
    public int current;

    private Reference[] references = NO_REFERENCES;

    /// The map whose lock is held, or null.
    public @Nullable MapSpec lockedMap;

    /// Which value's lock is held.
    public int lockId;

    public int rcuLocks;
    public int preemptLocks;
    public boolean sleepable;
    public int mayGotoDepth;
    public int callbackUnrollDepth;
    public int depth;

    /// The last checkpoint on the path, or null.
    public @Nullable State parent;

    /// The first instruction since the last checkpoint.
    public int firstPc;

    /// The last instruction before this state, -1 at a start.
    public int lastPc = -1;

    /// Notes on the path since the last checkpoint.
    public @Nullable Step steps;

    /// For each frame, the slots wholly written since the last checkpoint.
    public final long[] written = new long[MAX_FRAMES];

    // Of checkpoints only.

    /// The instruction at which the checkpoint was made.
    public int pc;

    /// How many paths from here are not explored to their end.
    public int branches = 1;

    /// For each frame, the registers whose numbers matter.
    public final int[] preciseRegs = new int[MAX_FRAMES];

    /// For each frame, the slots whose numbers matter.
    public final long[] preciseSlots = new long[MAX_FRAMES];

    /// For each frame, the slots that are read before they are written.
    public final long[] read = new long[MAX_FRAMES];

    /// The registers of the innermost frame, those too that are not live, while paths from here
    /// are open; empty afterwards.
    public Reg[] arrival = {};

    public int misses;
    public int hits;

    /// For the end of a loop: the checkpoint that includes this state.
    public @Nullable State equalTo;

    /// A state with nothing but an outermost frame.
    public State(Frame outermost) {
        frames[0] = outermost;
    }

    private State(State other) {
        current = other.current;
        for (int i = 0; i <= current; i++) {
            frames[i] = other.frame(i).copy();
        }
        references = other.references;
        lockedMap = other.lockedMap;
        lockId = other.lockId;
        rcuLocks = other.rcuLocks;
        preemptLocks = other.preemptLocks;
        sleepable = other.sleepable;
        mayGotoDepth = other.mayGotoDepth;
        callbackUnrollDepth = other.callbackUnrollDepth;
        depth = other.depth;
        parent = other.parent;
        firstPc = other.firstPc;
        lastPc = other.lastPc;
        steps = other.steps;
        System.arraycopy(other.written, 0, written, 0, MAX_FRAMES);
    }

    /// A copy that can be changed on its own.
    public State copy() {
        return new State(this);
    }

    /// A frame by its place in the chain of calls.
    public Frame frame(int number) {
        Frame frame = frames[number];
        if (frame == null) {
            throw new AssertionError("no frame " + number);
        }
        return frame;
    }

    /// The innermost frame.
    public Frame frame() {
        return frame(current);
    }

    /// The registers of the innermost frame.
    public Reg[] regs() {
        return frame(current).regs;
    }

    /// Adds a frame.
    public void push(Frame frame) {
        current++;
        frames[current] = frame;
        written[current] = -1;
    }

    /// Removes the innermost frame.
    public void pop() {
        frames[current] = null;
        current--;
    }

    /// The slot of the instruction that a frame is at: its call, or `here` for the innermost.
    public int pcOf(int frame, int here) {
        return frame == current ? here : frame(frame + 1).callSite;
    }

    /// What is acquired and not released.
    public Reference[] references() {
        return references;
    }

    /// Adds a reference; there is a limit, so that a program cannot make its verification endless.
    public void acquire(Reference reference) {
        if (references.length >= MAX_REFERENCES) {
            throw Violation.of(
                    Rule.TOO_COMPLEX,
                    Violation.E2BIG,
                    "more than " + MAX_REFERENCES + " references are held at once");
        }
        references = Arrays.copyOf(references, references.length + 1);
        references[references.length - 1] = reference;
    }

    /// Releases a reference; false when there is none of that id.
    public boolean release(int id) {
        for (int i = 0; i < references.length; i++) {
            if (references[i].id() == id) {
                if (frame().inCallback && references[i].frame() != current) {
                    return false;
                }
                Reference[] rest = Arrays.copyOf(references, references.length - 1);
                if (i < rest.length) {
                    rest[i] = references[references.length - 1];
                }
                references = rest;
                return true;
            }
        }
        return false;
    }

    /// Adds the note that an access to a slot or a jump was made.
    public void note(Step step) {
        steps = step;
    }

    /// Records that a slot is read, in the checkpoints before it, up to where it is written.
    /// Returns whether that was new anywhere.
    public boolean markRead(int frame, int slot) {
        long bit = 1L << slot;
        State state = this;
        boolean changed = false;
        while ((state.written[frame] & bit) == 0) {
            State before = state.parent;
            if (before == null || frame > before.current || (before.read[frame] & bit) != 0) {
                break;
            }
            before.read[frame] |= bit;
            changed = true;
            state = before;
        }
        return changed;
    }

    /// Whether the calls that led here are the same.
    public boolean sameCalls(State other) {
        if (current != other.current) {
            return false;
        }
        for (int i = 0; i <= current; i++) {
            if (frame(i).callSite != other.frame(i).callSite) {
                return false;
            }
        }
        return true;
    }
}
