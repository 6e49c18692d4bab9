package bpf4j.verifier.check;

import bpf4j.spec.MapSpec;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;

/// Helpers that call a subprogram of the program. The call is followed on a path of its own; when
/// it returns, the helper is called again, until nothing new is found.
final class CallbackCalls {
    private final Env env;
    private final Calls calls;

    CallbackCalls(Env env, Calls calls) {
        this.env = env;
        this.calls = calls;
    }

    private Subprogram callee(CallMeta meta) {
        if (meta.subprogram < 0) {
            throw Violation.invalid(Rule.CALLBACK, 2, "callback function is not known");
        }
        return env.cfg.subprograms[meta.subprogram];
    }

    /// A frame for the callback, on a path of its own.
    private Frame enter(Subprogram callee) {
        callee.isCallback = true;
        State state = env.fork(callee.start);
        Frame caller = state.frame();
        Frame frame = calls.enter(state, callee, env.pc);
        frame.inCallback = true;
        frame.returnMin = 0;
        frame.returnMax = 1;
        state.callbackUnrollDepth++;
        caller.callbackDepth++;
        env.frame().callbackDepth = 0;
        return frame;
    }

    void loop(CallMeta meta) {
        Reg count = env.reg(1);
        if (!count.isScalar()) {
            throw Violation.invalid(
                    Rule.CALLBACK, 1, "R1 type=" + count.typeName() + " expected=scalar");
        }
        if (env.reg(4).isNull()) {
            env.precise.register(4);
        }
        env.precise.register(1);
        if (Long.compareUnsigned(env.frame().callbackDepth, count.var.umax()) >= 0) {
            env.frame().callbackDepth = 0;
            return;
        }
        Reg context = env.reg(3);
        Frame frame = enter(callee(meta));
        frame.regs[1] = Reg.UNKNOWN;
        frame.regs[2] = context;
    }

    void forEach(CallMeta meta) {
        MapSpec map = meta.theMap();
        switch (map.type()) {
            case HASH, LRU_HASH, PERCPU_HASH, LRU_PERCPU_HASH, ARRAY, PERCPU_ARRAY -> {}
            default ->
                    throw new Violation(
                            Rule.CALLBACK,
                            Violation.ENOTSUPP,
                            -1,
                            1,
                            "callback function not allowed for map");
        }
        Reg mapReg = env.reg(1);
        Reg context = env.reg(3);
        Frame frame = enter(callee(meta));
        frame.regs[1] = mapReg;
        frame.regs[2] = Reg.ofMap(Kind.MAP_KEY, map, meta.mapId);
        frame.regs[3] = Reg.ofMap(Kind.MAP_VALUE, map, meta.mapId);
        frame.regs[4] = context;
    }

    void drain(CallMeta meta) {
        Reg context = env.reg(3);
        Frame frame = enter(callee(meta));
        frame.regs[1] = Reg.pointer(Kind.DYNPTR, Dynptrs.LOCAL).withExtra(1).withId(env.newId());
        frame.regs[2] = context;
    }

    /// A timer's callback runs after the program, on a stack of its own.
    void timer(CallMeta meta) {
        Subprogram callee = callee(meta);
        callee.isCallback = true;
        callee.isAsyncCallback = true;
        Reg timer = env.reg(1);
        Frame frame = new Frame(Frame.NO_CALL, 0, callee.number);
        frame.inAsyncCallback = true;
        frame.returnMin = 0;
        frame.returnMax = 1;
        frame.asyncEntries = env.frame().asyncEntries + 1;
        MapSpec map = timer.theMap();
        frame.regs[1] = Reg.ofMap(Kind.CONST_MAP, map, timer.mapId);
        frame.regs[2] = Reg.ofMap(Kind.MAP_KEY, map, timer.mapId);
        frame.regs[3] = Reg.ofMap(Kind.MAP_VALUE, map, timer.mapId);
        State state = new State(frame);
        state.firstPc = callee.start;
        env.push(state, callee.start, env.pc);
    }
}
