package bpf4j.verifier.check;

import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;

/// Executes instructions on what is known: checks each, changes the state, says what comes next.
public final class Instructions {
    private static final int SPIN_UNLOCK = 94;

    private final Env env;
    private final MapFields fields;
    private final Memory memory;
    private final Arithmetic arithmetic;
    private final Branches branches;
    private final Calls calls;
    private final Helpers helpers;
    private final Kfuncs kfuncs;
    private final LegacyLoads legacyLoads;
    private final GlobalFunctions globals;
    private Loops loops = new Loops() {};

    /// How loops without a counter of their own are followed.
    public interface Loops {
        /// Forgets numbers in `state` that changed since the last time at `pc`, before `from`.
        default void widen(int pc, State state, State from) {}
    }

    /// What executes the instructions of a program.
    public Instructions(Env env) {
        this.env = env;
        fields = new MapFields();
        Dynptrs dynptrs = new Dynptrs(env);
        StackMemory stack = new StackMemory(env, dynptrs);
        memory = new Memory(env, stack, fields);
        HelperMemory helperMemory = new HelperMemory(env, memory, stack, fields);
        globals = new GlobalFunctions(env, helperMemory, dynptrs);
        Masking masking = new Masking(env);
        arithmetic = new Arithmetic(env, new Pointers(env, memory, masking), masking);
        branches = new Branches(env, fields);
        calls = new Calls(env, globals);
        CallbackCalls callbacks = new CallbackCalls(env, calls);
        Arguments arguments = new Arguments(env, memory, helperMemory, stack, fields, dynptrs);
        helpers = new Helpers(env, arguments, stack, dynptrs, fields, calls, callbacks);
        kfuncs = new Kfuncs(env, arguments, helperMemory, memory, stack, dynptrs);
        legacyLoads = new LegacyLoads(env, memory, calls);
    }

    /// Says how loops are followed.
    public void follow(Loops how) {
        loops = how;
        kfuncs.follow(how);
        calls.widenWith((site, state) -> how.widen(site, state, state));
    }

    /// The registers that a subprogram verified by itself begins with.
    public void begin(Subprogram sub) {
        if (sub.number == 0) {
            env.set(1, Reg.pointer(Kind.CTX));
        } else {
            globals.begin(sub, env.state.regs());
        }
    }

    /// Executes one instruction; returns the slot of the next on this path, or -1 at the end.
    public int execute() {
        int next = env.pc + 1;
        switch (env.insn()) {
            case Insn.Alu insn -> arithmetic.alu(insn);
            case Insn.Neg insn -> arithmetic.neg(insn);
            case Insn.MovSx insn -> arithmetic.signExtend(insn);
            case Insn.ByteSwap insn -> arithmetic.swap(insn);
            case Insn.AddrSpaceCast insn -> arithmetic.cast(insn);
            case Insn.LoadImm64 insn -> {
                loadImmediate(insn);
                next = env.pc + 2;
            }
            case Insn.Load insn ->
                    load(insn.src(), insn.dst(), insn.off(), insn.size().bytes(), insn.signed());
            case Insn.Store insn -> store(insn);
            case Insn.LoadAbs ignored -> next = legacyLoads.load(-1);
            case Insn.LoadInd insn -> next = legacyLoads.load(insn.src());
            case Insn.Atomic insn -> atomic(insn);
            case Insn.LoadAcquire insn -> {
                Reg source = env.readable(insn.src());
                load(insn.src(), insn.dst(), insn.off(), insn.size().bytes(), false, true);
                checkAtomicTarget(insn.src(), source, "loads from");
            }
            case Insn.StoreRelease insn -> {
                store(insn.dst(), insn.off(), insn.size().bytes(), insn.src(), true);
                checkAtomicTarget(insn.dst(), env.reg(insn.dst()), "stores into");
            }
            case Insn.Jump insn -> next = Cfg.target(insn, env.pc);
            case Insn.JumpIf insn -> next = branches.follow(insn);
            case Insn.MayGoto insn -> next = mayGoto(insn);
            case Insn.CallHelper insn -> {
                checkLock(insn.id() == SPIN_UNLOCK);
                next = helpers.call(insn);
            }
            case Insn.CallLocal insn -> next = calls.call(insn);
            case Insn.CallKfunc insn -> {
                checkLock(false);
                next = kfuncs.call(insn);
            }
            case Insn.CallReg ignored ->
                    throw new AssertionError("a call through a register is refused before");
            case Insn.Exit ignored -> next = calls.exit();
        }
        return next;
    }

    private void checkLock(boolean permitted) {
        if (env.state.lockedMap != null && !permitted) {
            throw Violation.invalid(
                    Rule.LOCK, -1, "function calls are not allowed while holding a lock");
        }
    }

    private void load(int src, int dst, int off, int bytes, boolean signed) {
        load(src, dst, off, bytes, signed, false);
    }

    private void load(int src, int dst, int off, int bytes, boolean signed, boolean strict) {
        Kind kind = env.readable(src).kind;
        env.writable(dst);
        memory.load(src, off, bytes, dst, signed, strict);
        memory.remember(kind);
    }

    private void store(Insn.Store insn) {
        switch (insn.src()) {
            case Operand.Reg reg ->
                    store(insn.dst(), insn.off(), insn.size().bytes(), reg.number(), false);
            case Operand.Imm imm -> {
                Kind kind = env.readable(insn.dst()).kind;
                memory.store(
                        insn.dst(), insn.off(), insn.size().bytes(), -1, (long) imm.value(), false);
                memory.remember(kind);
            }
        }
    }

    private void store(int dst, int off, int bytes, int src, boolean strict) {
        env.readable(src);
        Kind kind = env.readable(dst).kind;
        memory.store(dst, off, bytes, src, null, strict);
        memory.remember(kind);
    }

    private static void checkAtomicTarget(int regno, Reg reg, String verb) {
        if (reg.kind == Kind.CTX
                || reg.kind.isPacket()
                || reg.kind == Kind.FLOW_KEYS
                || (reg.kind.isSocket() && !reg.isNullable())) {
            throw Violation.access(
                    Rule.NOT_A_POINTER,
                    regno,
                    "BPF_ATOMIC " + verb + " R" + regno + " " + reg.typeName() + " is not allowed");
        }
    }

    private void atomic(Insn.Atomic insn) {
        int bytes = insn.size().bytes();
        Reg source = env.readable(insn.src());
        env.readable(insn.dst());
        if (insn.op() == AtomicOp.CMPXCHG) {
            checkNoLeak(0, env.readable(0));
        }
        checkNoLeak(insn.src(), source);
        checkAtomicTarget(insn.dst(), env.reg(insn.dst()), "stores into");
        Kind kind = env.reg(insn.dst()).kind;
        int target = -1;
        if (insn.fetch()) {
            target = insn.op() == AtomicOp.CMPXCHG ? 0 : insn.src();
            env.writable(target);
            // As in Linux, the old value must not replace the pointer.
            env.set(target, Reg.UNKNOWN);
        }
        memory.load(insn.dst(), insn.off(), bytes, -1, false, true);
        if (target >= 0) {
            memory.load(insn.dst(), insn.off(), bytes, target, false, true);
        }
        memory.store(insn.dst(), insn.off(), bytes, -1, null, true);
        memory.remember(kind);
    }

    private void checkNoLeak(int regno, Reg reg) {
        if (env.isSecret(reg)) {
            throw Violation.access(Rule.POINTER_LEAK, regno, "R" + regno + " leaks addr into mem");
        }
    }

    private int mayGoto(Insn.MayGoto insn) {
        State other = env.fork(env.pc + 1);
        other.mayGotoDepth++;
        State parent = env.state.parent;
        if (parent != null) {
            loops.widen(env.pc, other, parent);
        }
        return Cfg.target(insn, env.pc);
    }

    private void loadImmediate(Insn.LoadImm64 insn) {
        int dst = insn.dst();
        env.writable(dst);
        switch (insn.kind()) {
            case CONST -> env.set(dst, Reg.constant(insn.value()));
            case FUNC -> env.set(dst, function(insn));
            case BTF_ID -> env.set(dst, Reg.pointer(Kind.KERNEL));
            case MAP, MAP_IDX ->
                    env.set(dst, Reg.ofMap(Kind.CONST_MAP, MapRules.named(env.spec, insn), 0));
            case MAP_VALUE, MAP_IDX_VALUE ->
                    env.set(
                            dst,
                            Reg.ofMap(Kind.MAP_VALUE, MapRules.named(env.spec, insn), 0)
                                    .withOff(insn.imm2()));
        }
    }

    private Reg function(Insn.LoadImm64 insn) {
        Subprogram sub = env.cfg.startingAt(Cfg.target(insn, env.pc));
        if (sub == null) {
            throw new AssertionError("a function address leads to no subprogram");
        }
        if (sub.isGlobal(env.spec.btf())) {
            throw Violation.invalid(Rule.CALLBACK, -1, "callback function not static");
        }
        if (sub.number == 0) {
            throw Violation.invalid(
                    Rule.CALLBACK, -1, "callback function cannot be the main program");
        }
        return Reg.pointer(Kind.FUNC, sub.number);
    }
}
