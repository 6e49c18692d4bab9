package bpf4j.verifier.check;

import bpf4j.isa.Insn;
import bpf4j.spec.ProgramType.ReturnRange;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;

/// Calls of subprograms, their returns, and the end of the program.
final class Calls {
    private final Env env;
    private final GlobalFunctions globals;
    private Widening widening = (site, state) -> {};

    /// Forgets numbers that change from one call of a callback to the next.
    interface Widening {
        void afterCallback(int callSite, State state);
    }

    Calls(Env env, GlobalFunctions globals) {
        this.env = env;
        this.globals = globals;
    }

    void widenWith(Widening widen) {
        widening = widen;
    }

    /// Enters a subprogram, or trusts a global one; returns the next instruction.
    int call(Insn.CallLocal insn) {
        Subprogram callee = env.cfg.startingAt(Cfg.target(insn, env.pc));
        if (callee == null) {
            throw new AssertionError("a call leads to no subprogram");
        }
        if (callee.isGlobal(env.spec.btf())) {
            global(callee);
            return env.pc + 1;
        }
        Frame caller = env.frame();
        Frame frame = enter(env.state, callee, env.pc);
        System.arraycopy(caller.regs, 1, frame.regs, 1, 5);
        for (int i = 0; i <= 5; i++) {
            caller.regs[i] = Reg.NOT_INIT;
        }
        return callee.start;
    }

    private void global(Subprogram callee) {
        if (env.state.lockedMap != null) {
            throw Violation.invalid(
                    Rule.LOCK,
                    -1,
                    "global function calls are not allowed while holding a lock,\nuse static"
                            + " function instead");
        }
        if (callee.mightSleep
                && (!env.state.sleepable || env.state.rcuLocks > 0 || env.state.preemptLocks > 0)) {
            throw Violation.invalid(
                    Rule.SLEEPING,
                    -1,
                    "sleepable global function "
                            + callee.name
                            + "() called in "
                            + notSleepable(env.state));
        }
        globals.checkCall(callee);
        env.message.accept(
                "Func#" + callee.number + " ('" + callee.name + "') is global and assumed valid.");
        if (callee.changesPacket) {
            env.forgetPackets();
        }
        callee.called = true;
        env.clobberCallerSaved();
        env.set(0, Reg.UNKNOWN);
    }

    static String notSleepable(State state) {
        if (state.rcuLocks > 0) {
            return "RCU critical section";
        }
        return state.preemptLocks > 0 ? "non-preemptible region" : "non-sleepable context";
    }

    /// Adds a frame for a subprogram to a state.
    Frame enter(State state, Subprogram callee, int callSite) {
        if (state.current + 1 >= State.MAX_FRAMES) {
            throw Violation.of(
                    Rule.CALL_DEPTH,
                    Violation.E2BIG,
                    "the call stack of " + (state.current + 2) + " frames is too deep");
        }
        Frame frame = new Frame(callSite, state.current + 1, callee.number);
        state.push(frame);
        return frame;
    }

    /// An `exit`: returns the next instruction, or -1 when the program ends.
    int exit() {
        State state = env.state;
        if (state.current == 0) {
            checkResources("BPF_EXIT instruction in main prog", true);
            checkReturn();
            return -1;
        }
        checkResources("BPF_EXIT instruction in main prog", false);
        return leave();
    }

    /// What must not be held when the program, or a callback, ends.
    ///
    /// @param locks whether locks must be free
    void checkResources(String where, boolean locks) {
        State state = env.state;
        checkReferences(where);
        if (locks && state.lockedMap != null) {
            throw Violation.invalid(
                    Rule.LOCK, -1, where + " cannot be used inside bpf_spin_lock-ed region");
        }
        if (locks && state.rcuLocks > 0) {
            throw Violation.invalid(
                    Rule.LOCK, -1, where + " cannot be used inside bpf_rcu_read_lock-ed region");
        }
        if (locks && state.preemptLocks > 0) {
            throw Violation.invalid(
                    Rule.LOCK, -1, where + " cannot be used inside bpf_preempt_disable-ed region");
        }
    }

    private void checkReferences(String where) {
        State state = env.state;
        Frame frame = state.frame();
        if (state.current > 0 && !frame.inCallback) {
            return;
        }
        StringBuilder text = new StringBuilder();
        int acquiredAt = -1;
        for (Reference reference : state.references()) {
            if (frame.inCallback && reference.frame() != frame.number) {
                continue;
            }
            text.append("Unreleased reference id=")
                    .append(reference.id())
                    .append(" alloc_insn=")
                    .append(reference.pc())
                    .append('\n');
            acquiredAt = reference.pc();
        }
        if (acquiredAt >= 0) {
            throw Violation.invalid(
                    Rule.REFERENCE_LEAK, -1, text + where + " would lead to reference leak");
        }
    }

    /// Returns from the innermost frame; returns the next instruction.
    int leave() {
        State state = env.state;
        Frame callee = state.frame();
        Reg r0 = callee.regs[0];
        if (r0.kind == Kind.STACK) {
            throw Violation.invalid(
                    Rule.STACK_SPILL, 0, "cannot return stack pointer to the caller");
        }
        if (callee.inCallback) {
            if (!r0.isScalar()) {
                throw Violation.access(Rule.RETURN_VALUE, 0, "R0 not a scalar value");
            }
            env.precise.register(0);
            if (callee.returnMin > r0.var.smin() || r0.var.smax() > callee.returnMax) {
                throw outOfRange(r0.var, callee.returnMin, callee.returnMax, "At callback return");
            }
            state.pop();
            widening.afterCallback(callee.callSite, state);
            return callee.callSite;
        }
        state.pop();
        state.regs()[0] = r0;
        return callee.callSite + 1;
    }

    private static Violation outOfRange(Scalar value, long min, long max, String where) {
        StringBuilder text = new StringBuilder(where).append(" the register R0 has");
        if (value.smin() > Long.MIN_VALUE) {
            text.append(" smin=").append(value.smin());
        }
        if (value.smax() < Long.MAX_VALUE) {
            text.append(" smax=").append(value.smax());
        }
        if (value.smin() == Long.MIN_VALUE && value.smax() == Long.MAX_VALUE) {
            text.append(" unknown scalar value");
        }
        text.append(" should have been in [").append(min).append(", ").append(max).append(']');
        return Violation.invalid(Rule.RETURN_VALUE, 0, text.toString());
    }

    private void checkReturn() {
        Reg r0 = env.readable(0);
        if (env.isSecret(r0)) {
            throw Violation.access(Rule.POINTER_LEAK, 0, "R0 leaks addr as return value");
        }
        Frame frame = env.frame();
        long min;
        long max;
        String where = "At program exit";
        if (frame.inAsyncCallback) {
            where = "At async callback return";
            min = 0;
            max = 0;
        } else if (frame.subprogram != 0) {
            if (!r0.isScalar()) {
                throw Violation.invalid(
                        Rule.RETURN_VALUE,
                        0,
                        "At subprogram exit the register R0 is not a scalar value ("
                                + r0.typeName()
                                + ")");
            }
            return;
        } else {
            ReturnRange range = env.spec.type().returns();
            if (range.equals(ReturnRange.ANY)) {
                return;
            }
            min = range.min();
            max = range.max();
        }
        if (!r0.isScalar()) {
            throw Violation.invalid(
                    Rule.RETURN_VALUE,
                    0,
                    where + " the register R0 is not a known value (" + r0.typeName() + ")");
        }
        env.precise.register(0);
        if (min > r0.var.smin() || r0.var.smax() > max) {
            throw outOfRange(r0.var, min, max, where);
        }
    }
}
