package bpf4j.verifier.check;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.verifier.Options;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;
import bpf4j.verifier.state.Step;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/// What the parts of the verifier share while they explore a program: the program, the policy, the
/// state of the path being explored, the paths that wait.
public final class Env {
    /// Offsets beyond this are refused.
    public static final int MAX_VAR_OFF = 1 << 29;

    public final ProgramSpec spec;
    public final LoadPolicy policy;
    public final Options options;
    public final Cfg cfg;

    /// Pointers may become numbers.
    public final boolean allowPointerLeaks;

    /// Stack that was never written may be read.
    public final boolean allowUninitStack;

    /// Processors that guess are no concern.
    public final boolean bypassSpectre;

    /// Loops, calls and more are permitted.
    public final boolean bpf;

    public final boolean strictAlignment;

    /// Paths on which numbers differ are all followed: pointers were moved by a number that is not
    /// constant, without privileges.
    public boolean exploreLimits;

    /// Asks for the precise value of a register or slot; set by the explorer.
    public Precise precise = new Precise() {};

    /// The length of the log; set by the explorer.
    public IntSupplier logPosition = () -> 0;

    /// Takes lines for the log; set by the explorer.
    public Consumer<String> message = line -> {};

    /// The path being explored.
    public State state;

    /// The instruction being explored.
    public int pc;

    /// The one before it on this path, or -1.
    public int previousPc = -1;

    private @Nullable Step fresh;
    private int ids;

    private final ArrayList<Pending> pending = new ArrayList<>();

    /// A path that waits to be explored.
    ///
    /// @param previous the instruction that leads to `pc`
    /// @param logPosition the length of the log when the paths parted
    public record Pending(State state, int pc, int previous, int logPosition) {}

    /// How values are marked as mattering.
    public interface Precise {
        /// The number in a register of the innermost frame matters.
        default void register(int register) {}

        /// The number in a slot matters.
        default void slot(int frame, int slot) {}
    }

    public Env(ProgramSpec spec, LoadPolicy policy, Options options, Cfg cfg, State state) {
        this.spec = spec;
        this.policy = policy;
        this.options = options;
        this.cfg = cfg;
        this.state = state;
        boolean perfmon = policy.grants(Capability.PERFMON);
        allowPointerLeaks = perfmon;
        allowUninitStack = perfmon;
        bypassSpectre = perfmon;
        bpf = policy.grants(Capability.BPF);
        strictAlignment =
                spec.flags().contains(ProgramSpec.Flag.STRICT_ALIGNMENT)
                        && !spec.flags().contains(ProgramSpec.Flag.ANY_ALIGNMENT);
    }

    /// An id that was never used.
    public int newId() {
        return ++ids;
    }

    /// The last id given out.
    public int lastId() {
        return ids;
    }

    public Frame frame() {
        return state.frame();
    }

    public Reg reg(int number) {
        return state.regs()[number];
    }

    public void set(int number, Reg reg) {
        state.regs()[number] = reg;
    }

    /// The subprogram being explored.
    public Subprogram subprogram() {
        return cfg.subprograms[frame().subprogram];
    }

    /// The frame that a stack pointer points into.
    public Frame frameOf(Reg pointer) {
        return state.frame(pointer.size);
    }

    /// The register, which must have been written.
    public Reg readable(int number) {
        Reg reg = reg(number);
        if (reg.kind == Kind.NOT_INIT) {
            throw Violation.access(Rule.UNREADABLE_REGISTER, number, "R" + number + " !read_ok");
        }
        return reg;
    }

    /// Checks that a register may be written.
    public void writable(int number) {
        if (number == 10) {
            throw Violation.access(Rule.READ_ONLY_REGISTER, number, "frame pointer is read only");
        }
    }

    /// The value of an operand, which must be readable.
    public Reg operand(Operand operand) {
        return switch (operand) {
            case Operand.Reg reg -> readable(reg.number());
            case Operand.Imm imm -> Reg.constant(imm.value());
        };
    }

    /// Whether a register must be kept from being seen as a number.
    public boolean isSecret(Reg reg) {
        return !allowPointerLeaks && reg.isPointer();
    }

    /// Forgets a pointer that is no longer valid.
    public Reg invalidated() {
        return allowPointerLeaks ? Reg.UNKNOWN : Reg.NOT_INIT;
    }

    /// Gives a number an id, so that copies of it can be refined together.
    public Reg linked(int number) {
        Reg reg = reg(number);
        if (!reg.isScalar()) {
            return reg;
        }
        if ((reg.id & Reg.ADDED) != 0) {
            reg = reg.unlinked();
        }
        if (reg.id == 0 && !reg.var.isConst()) {
            reg = reg.withId(newId());
        }
        set(number, reg);
        return reg;
    }

    /// Begins an instruction: notes are made anew.
    public void begin() {
        fresh = null;
    }

    /// A note for the instruction being explored.
    public Step note() {
        Step step = fresh;
        if (step == null) {
            step = new Step(pc, previousPc, state.steps);
            state.note(step);
            fresh = step;
        }
        return step;
    }

    /// Notes an access to a slot.
    public void noteAccess(int frame, int slot) {
        note().flags |= Step.access(frame, slot);
    }

    /// Copies the path, to be explored later from `target`.
    public State fork(int target) {
        return push(state.copy(), target, pc);
    }

    /// Adds a path that waits.
    public State push(State waiting, int target, int previous) {
        pending.add(new Pending(waiting, target, previous, logPosition.getAsInt()));
        if (pending.size() > options.pendingLimit()) {
            throw Violation.of(
                    Rule.TOO_MANY_BRANCHES,
                    Violation.E2BIG,
                    "The sequence of " + pending.size() + " jumps is too complex.");
        }
        if (waiting.parent != null) {
            waiting.parent.branches++;
        }
        return waiting;
    }

    /// The path to explore next, or null.
    public @Nullable Pending pop() {
        return pending.isEmpty() ? null : pending.remove(pending.size() - 1);
    }

    /// Changes every register and every register stored on the stack, in all frames.
    public static void replaceAll(State state, UnaryOperator<Reg> change) {
        for (int f = 0; f <= state.current; f++) {
            Frame frame = state.frame(f);
            Reg[] regs = frame.regs;
            for (int i = 0; i < 10; i++) {
                Reg reg = regs[i];
                if (reg.kind != Kind.NOT_INIT) {
                    regs[i] = change.apply(reg);
                }
            }
            for (int i = 0; i < frame.slots(); i++) {
                if (frame.slot(i).isSpill()) {
                    Reg before = frame.slot(i).stored();
                    Reg after = change.apply(before);
                    if (after != before) {
                        frame.set(i, frame.slot(i).withReg(after));
                    }
                }
            }
        }
    }

    /// Packet pointers and what was made from them are no longer valid.
    public void forgetPackets() {
        replaceAll(
                state,
                reg -> reg.kind.isAnyPacket() || reg.is(Reg.PACKET_SLICE) ? invalidated() : reg);
    }

    /// Registers r0 to r5 are lost in a call.
    public void clobberCallerSaved() {
        for (int i = 0; i <= 5; i++) {
            set(i, Reg.NOT_INIT);
        }
    }

    /// A number that a load of some bytes gives.
    public static Reg loaded(int bytes) {
        return Reg.scalar(Scalar.ofSize(bytes));
    }

    /// The instruction being explored.
    public Insn insn() {
        return cfg.at(pc);
    }

    /// Runs something for each frame.
    public void eachFrame(Consumer<Frame> action) {
        for (int f = 0; f <= state.current; f++) {
            action.accept(state.frame(f));
        }
    }
}
