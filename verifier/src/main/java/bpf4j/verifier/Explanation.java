package bpf4j.verifier;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.explore.CausalPath;
import bpf4j.verifier.explore.Explorer;
import bpf4j.verifier.report.StateText;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Turns a broken rule into a rejection: what the culprit is, where it comes from, what is missing,
/// what to change.
final class Explanation {
    private final ProgramSpec spec;
    private final Violation violation;
    private final @Nullable Explorer explorer;
    private final int pc;

    private Explanation(
            ProgramSpec spec, Violation violation, @Nullable Explorer explorer, int pc) {
        this.spec = spec;
        this.violation = violation;
        this.explorer = explorer;
        this.pc = pc;
    }

    static Rejection of(ProgramSpec spec, Violation violation, @Nullable Explorer explorer) {
        int pc = violation.pc() < 0 && explorer != null ? explorer.pc() : violation.pc();
        return new Explanation(spec, violation, explorer, pc).build();
    }

    private Rejection build() {
        List<Rejection.Event> path = new ArrayList<>();
        if (explorer != null) {
            for (CausalPath.Event event : explorer.causes(culprit())) {
                path.add(new Rejection.Event(event.pc(), event.what(), spec.lineAt(event.pc())));
            }
        }
        return new Rejection(
                violation.rule().name(),
                violation.errno(),
                pc,
                violation.kernelText(),
                reason(),
                pc < 0 ? null : spec.lineAt(pc),
                path,
                missing(),
                Remedies.suggestion(violation.rule()));
    }

    /// The register that is to blame: the one named, or else the one that the instruction reads.
    private int culprit() {
        if (violation.register() >= 0 || pc < 0 || spec.code().isSecondSlot(pc)) {
            return violation.register();
        }
        return switch (spec.code().at(pc)) {
            case Insn.Load load -> load.src();
            case Insn.Store store -> store.dst();
            case Insn.Alu alu when alu.src() instanceof Operand.Reg reg -> reg.number();
            default -> -1;
        };
    }

    private Reg value(int register) {
        if (explorer == null || register < 0) {
            return Reg.NOT_INIT;
        }
        return explorer.state().regs()[register];
    }

    private String describe(int register) {
        Reg reg = value(register);
        Frame frame = explorer == null ? null : explorer.state().frame();
        return "R"
                + register
                + (reg.kind == Kind.NOT_INIT || frame == null
                        ? " was never written, or was lost in a call"
                        : " is " + StateText.of(reg, frame.number));
    }

    /// Where a value comes from: the call that returned it.
    private String origin(int register) {
        if (explorer == null) {
            return "";
        }
        for (CausalPath.Event event : explorer.causes(register)) {
            if (spec.code().isSecondSlot(event.pc())) {
                continue;
            }
            if (spec.code().at(event.pc()) instanceof Insn.CallHelper call) {
                HelperSpec helper = spec.type().helper(call.id());
                return ", the result of "
                        + (helper == null ? "helper " + call.id() : "bpf_" + helper.name())
                        + " (insn "
                        + event.pc()
                        + ")";
            }
        }
        return "";
    }

    private String reason() {
        int register = culprit();
        String what = register < 0 ? "" : describe(register) + origin(register) + ".";
        String map =
                register >= 0 && value(register).map != null
                        ? " Map \"" + value(register).theMap().name() + "\"."
                        : "";
        return switch (violation.rule()) {
            case NULL_DEREFERENCE ->
                    what + " It may be NULL: it was not compared with NULL on this path." + map;
            case UNREADABLE_REGISTER -> what + " It is read here.";
            case PACKET_BOUNDS ->
                    what
                            + " No comparison with the packet's end on this path shows that the"
                            + " bytes accessed are there.";
            case OUT_OF_BOUNDS, UNBOUNDED ->
                    value(register).isScalar()
                            ? what + " As a size or an offset it can exceed the memory."
                            : what + " Its offset can leave the memory that it points into." + map;
            case NOT_A_POINTER -> what + " It cannot be dereferenced.";
            case UNINITIALISED_STACK ->
                    "bytes of the stack are read that were not written on this path. " + what;
            case STACK_BOUNDS -> what + " The stack has 512 bytes below r10.";
            case REFERENCE_LEAK -> "something that was acquired is not released on this path.";
            case RETURN_VALUE ->
                    what + " Programs of type " + spec.type().name() + " must return less.";
            case INFINITE_LOOP -> "a loop comes back with nothing changed: it would never end.";
            case TOO_COMPLEX, TOO_MANY_BRANCHES -> tooComplex();
            case KERNEL_TYPES ->
                    "this needs types of a running kernel, which a user-space runtime does not"
                            + " have.";
            default -> what;
        };
    }

    /// The loop that most of the work went into.
    private String tooComplex() {
        if (explorer == null) {
            return "";
        }
        int hottest = -1;
        for (int i = 0; i < spec.code().size(); i = spec.code().next(i)) {
            int target = target(i);
            if (target >= 0
                    && target <= i
                    && (hottest < 0 || explorer.visits(i) > explorer.visits(hottest))) {
                hottest = i;
            }
        }
        if (hottest < 0) {
            return "the program has too many paths.";
        }
        ProgramSpec.Line line = spec.lineAt(target(hottest));
        return "the loop from insn "
                + target(hottest)
                + " to insn "
                + hottest
                + (line == null ? "" : " (" + line.file() + ":" + line.line() + ")")
                + " was followed "
                + explorer.visits(hottest)
                + " times and is not done. "
                + explorer.difference(target(hottest));
    }

    private int target(int at) {
        return switch (spec.code().at(at)) {
            case Insn.Jump jump -> at + 1 + jump.offset();
            case Insn.JumpIf jump -> at + 1 + jump.offset();
            default -> -1;
        };
    }

    private String missing() {
        int register = culprit();
        String name = register < 0 ? "the pointer" : "R" + register;
        String before = pc < 0 ? "" : " before insn " + pc;
        return switch (violation.rule()) {
            case NULL_DEREFERENCE -> name + " != NULL" + before;
            case PACKET_BOUNDS -> name + " + " + end() + " <= data_end" + before;
            case OUT_OF_BOUNDS, UNBOUNDED -> "an upper and a lower bound of " + name + before;
            case UNREADABLE_REGISTER -> "a value in " + name + before;
            case UNINITIALISED_STACK -> "a write of these bytes" + before;
            case REFERENCE_LEAK -> "a release" + before;
            case RETURN_VALUE -> "a bound of R0" + before;
            default -> "";
        };
    }

    /// How far the access reaches from the register.
    private String end() {
        if (pc < 0) {
            return "size";
        }
        return switch (spec.code().at(pc)) {
            case Insn.Load load -> Integer.toString(load.off() + load.size().bytes());
            case Insn.Store store -> Integer.toString(store.off() + store.size().bytes());
            default -> "size";
        };
    }
}
