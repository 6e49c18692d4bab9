package bpf4j.verifier.explore;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Disassembler;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.HelperSpec;
import bpf4j.verifier.check.Env;
import bpf4j.verifier.state.State;
import bpf4j.verifier.state.Step;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The steps on the path that made a register what it is: its definitions, those of what it was
/// made from, and the comparisons that were made of them, found by walking the path backwards.
public final class CausalPath {
    private static final int MAX_EVENTS = 12;
    private static final int MAX_STEPS = 20_000;

    private final Env env;
    private final List<Event> events = new ArrayList<>();
    private int wanted;
    private final Deque<Integer> outer = new ArrayDeque<>();

    /// A step.
    ///
    /// @param what the instruction, and for a jump which way it went
    public record Event(int pc, String what) {}

    private CausalPath(Env env) {
        this.env = env;
    }

    /// The steps that lead to what a register holds now, in order.
    static List<Event> of(Env env, int register) {
        CausalPath path = new CausalPath(env);
        if (register >= 0 && register < 10) {
            path.wanted = 1 << register;
            path.walk();
        }
        return path.events.reversed();
    }

    private void walk() {
        State at = env.state;
        int pc = env.pc;
        int later = -1;
        int budget = MAX_STEPS;
        while (pc >= 0 && budget > 0) {
            Step step = at.steps;
            int i = pc;
            while (budget-- > 0) {
                if (later >= 0 && env.cfg.insns[i] != null) {
                    undo(env.cfg.at(i), i, later);
                }
                if ((wanted == 0 && outer.isEmpty()) || events.size() >= MAX_EVENTS) {
                    return;
                }
                if (env.cfg.insns[i] != null) {
                    later = i;
                }
                if (i == at.firstPc && (step == null || (step.count == 1 && step.pc == i))) {
                    break;
                }
                if (step != null && step.pc == i) {
                    i = step.previous;
                    step = step.before;
                } else {
                    i--;
                }
                if (i < 0) {
                    return;
                }
            }
            State parent = at.parent;
            if (parent == null) {
                return;
            }
            at = parent;
            pc = at.lastPc;
        }
    }

    private boolean wants(int register) {
        return (wanted >> register & 1) != 0;
    }

    private void want(Operand operand) {
        if (operand instanceof Operand.Reg reg) {
            want(reg.number());
        }
    }

    private void want(int register) {
        if (register < 10) {
            wanted |= 1 << register;
        }
    }

    private void drop(int register) {
        wanted &= ~(1 << register);
    }

    private void event(int pc, String what) {
        events.add(new Event(pc, what));
    }

    private void undo(Insn insn, int pc, int later) {
        switch (insn) {
            case Insn.Alu alu when wants(alu.dst()) -> {
                event(pc, Disassembler.text(insn));
                if (alu.op() == AluOp.MOV) {
                    drop(alu.dst());
                }
                want(alu.src());
            }
            case Insn.MovSx mov when wants(mov.dst()) -> {
                event(pc, Disassembler.text(insn));
                drop(mov.dst());
                want(mov.src());
            }
            case Insn.Neg neg when wants(neg.dst()) -> event(pc, Disassembler.text(insn));
            case Insn.ByteSwap swap when wants(swap.dst()) -> event(pc, Disassembler.text(insn));
            case Insn.LoadImm64 load when wants(load.dst()) -> {
                event(pc, Disassembler.symbolic(env.spec, pc));
                drop(load.dst());
            }
            case Insn.Load load when wants(load.dst()) -> {
                event(pc, Disassembler.text(insn));
                drop(load.dst());
            }
            case Insn.LoadAcquire load when wants(load.dst()) -> {
                event(pc, Disassembler.text(insn));
                drop(load.dst());
            }
            case Insn.Atomic atomic when atomic.fetch() -> {
                int target = atomic.op() == AtomicOp.CMPXCHG ? 0 : atomic.src();
                if (wants(target)) {
                    event(pc, Disassembler.text(insn));
                    drop(target);
                }
            }
            case Insn.JumpIf jump -> compared(jump, pc, later);
            case Insn.CallHelper call -> called(pc, name(call));
            case Insn.CallKfunc call -> called(pc, "call " + env.cfg.kfunc(call));
            case Insn.LoadAbs ignored -> called(pc, Disassembler.text(insn));
            case Insn.LoadInd ignored -> called(pc, Disassembler.text(insn));
            case Insn.CallLocal ignored -> {
                if (later == pc + 1) {
                    called(pc, "call of a function that is verified by itself");
                } else {
                    // Into the caller: arguments keep their registers.
                    int arguments = wanted & 0x3e;
                    wanted = arguments | (outer.isEmpty() ? 0 : outer.pop());
                    if (arguments != 0) {
                        event(pc, "call with the arguments r1 to r5");
                    }
                }
            }
            case Insn.Exit ignored -> {
                boolean result = wants(0);
                drop(0);
                outer.push(wanted);
                wanted = result ? 1 : 0;
            }
            default -> {}
        }
    }

    private String name(Insn.CallHelper call) {
        HelperSpec helper = env.spec.type().helper(call.id());
        return helper == null ? "call " + call.id() : "call bpf_" + helper.name();
    }

    /// A call leaves its result in r0 and nothing in r1 to r5.
    private void called(int pc, String what) {
        if (wants(0)) {
            event(pc, what + " -> r0");
        } else if ((wanted & 0x3e) != 0) {
            event(pc, what + ": r1 to r5 are lost");
        }
        wanted &= ~0x3f;
    }

    private void compared(Insn.JumpIf jump, int pc, int later) {
        boolean uses =
                wants(jump.dst()) || (jump.src() instanceof Operand.Reg reg && wants(reg.number()));
        if (uses) {
            boolean taken = later != pc + 1;
            event(pc, Disassembler.text(jump) + ": " + (taken ? "taken" : "not taken"));
        }
    }
}
