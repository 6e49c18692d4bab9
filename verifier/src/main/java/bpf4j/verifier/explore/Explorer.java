package bpf4j.verifier.explore;

import bpf4j.isa.Insn;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.ExplorationObserver;
import bpf4j.verifier.ExplorationObserver.Explored;
import bpf4j.verifier.Options;
import bpf4j.verifier.Statistics;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.StackDepth;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.check.Env;
import bpf4j.verifier.check.Instructions;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.StateText;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Follows every path of a program, depth first.
public final class Explorer {
    private final Cfg cfg;
    private final Env env;
    private final Instructions instructions;
    private final Checkpoints checkpoints;
    private final Log log;
    private final @Nullable ExplorationObserver observer;
    private int maxDepth;

    /// What explores a program whose control flow is known.
    public Explorer(
            ProgramSpec spec,
            LoadPolicy policy,
            Options options,
            Cfg cfg,
            @Nullable ExplorationObserver observer) {
        this.cfg = cfg;
        this.observer = observer;
        env = new Env(spec, policy, options, cfg, new State(new Frame(Frame.NO_CALL, 0, 0)));
        Precision precision = new Precision(env);
        env.precise = precision;
        log = new Log(env);
        env.logPosition = log::position;
        env.message = log::message;
        LoopVisits loops = new LoopVisits(env, precision);
        checkpoints = new Checkpoints(env, new Equivalence(env), loops);
        instructions = new Instructions(env);
        instructions.follow(
                new Instructions.Loops() {
                    @Override
                    public void widen(int pc, State state, State from) {
                        checkpoints.widen(pc, state, from);
                    }
                });
    }

    /// The state being explored, as observers see it.
    private final Explored explored =
            new Explored() {
                @Override
                public String kind(int register) {
                    return env.reg(register).typeName();
                }

                @Override
                public @Nullable Scalar number(int register) {
                    Reg reg = env.reg(register);
                    return isLive(register) && reg.isScalar() ? reg.var : null;
                }

                @Override
                public boolean isNonNull(int register) {
                    Reg reg = env.reg(register);
                    return isLive(register)
                            && reg.isPointer()
                            && !reg.isNullable()
                            && reg.kind != Kind.NOT_INIT;
                }

                /// States that differ in other registers only are explored once.
                private boolean isLive(int register) {
                    return (cfg.liveBefore[env.pc] >> register & 1) != 0;
                }
            };

    /// The instruction being explored, for refusals that do not say where.
    public int pc() {
        return env.pc;
    }

    /// The state being explored.
    public State state() {
        return env.state;
    }

    /// The log that was asked for, with what was done at its end.
    public List<String> log() {
        List<String> lines = new ArrayList<>(log.lines());
        int level = env.options.logLevel();
        if ((level & 4) != 0) {
            StringBuilder depths = new StringBuilder("stack depth ");
            for (Subprogram sub : cfg.subprograms) {
                depths.append(sub.number == 0 ? "" : "+").append(sub.stackDepth);
            }
            lines.add(depths.toString());
        }
        if (level != 0) {
            lines.add(
                    "processed "
                            + checkpoints.processed()
                            + " insns (limit "
                            + env.options.processedLimit()
                            + ") max_states_per_insn "
                            + checkpoints.mostAtOnce
                            + " total_states "
                            + checkpoints.total
                            + " peak_states "
                            + checkpoints.peak);
        }
        return lines;
    }

    /// The steps that made a register what it is, in order.
    public List<CausalPath.Event> causes(int register) {
        return CausalPath.of(env, register);
    }

    /// How often an instruction was explored, for limits.
    public int visits(int pc) {
        return checkpoints.visits(pc);
    }

    /// What differs between the last two turns of a loop that begins at an instruction, in words.
    public String difference(int pc) {
        State later = null;
        for (State at = env.state.parent; at != null; at = at.parent) {
            if (at.pc != pc) {
                continue;
            }
            if (later == null) {
                later = at;
                continue;
            }
            for (int i = 0; i < 10 && later.current == at.current; i++) {
                Reg before = at.regs()[i];
                Reg now = later.regs()[i];
                if (!before.sameButIds(now)) {
                    return "R"
                            + i
                            + " differs from turn to turn: "
                            + StateText.of(before, at.current)
                            + ", then "
                            + StateText.of(now, at.current)
                            + ".";
                }
            }
            break;
        }
        return "";
    }

    /// Explores everything; a broken rule ends it.
    public void run() {
        function(cfg.subprograms[0]);
        boolean more = true;
        while (more) {
            more = false;
            for (Subprogram sub : cfg.subprograms) {
                if (sub.number > 0 && sub.called && !sub.verified && sub.isGlobal(env.spec.btf())) {
                    function(sub);
                    log.message(
                            "Func#"
                                    + sub.number
                                    + " ('"
                                    + sub.name
                                    + "') is safe for any args that match its prototype");
                    sub.verified = true;
                    more = true;
                }
            }
        }
        cfg.fastCalls.drop();
        maxDepth = StackDepth.check(cfg, env.spec);
    }

    private void function(Subprogram sub) {
        checkpoints.clear();
        State state = new State(new Frame(Frame.NO_CALL, 0, sub.number));
        state.sleepable = env.spec.flags().contains(ProgramSpec.Flag.SLEEPABLE);
        state.firstPc = sub.start;
        env.state = state;
        env.previousPc = -1;
        env.pc = sub.start;
        instructions.begin(sub);
        if (sub.number > 0) {
            log.message("Validating " + sub.name + "() func#" + sub.number + "...");
        }
        log.message(sub.start + ":" + StateText.of(state));
        follow();
    }

    private void follow() {
        while (true) {
            if (path()) {
                checkpoints.pathEnded(env.state);
            }
            Env.Pending next = env.pop();
            if (next == null) {
                return;
            }
            env.state = next.state();
            env.pc = next.pc();
            env.previousPc = next.previous();
            log.resume(next.logPosition());
        }
    }

    /// Follows one path to its end.
    private boolean path() {
        int limit = env.options.processedLimit();
        while (true) {
            int pc = env.pc;
            env.begin();
            checkpoints.countInsn(pc);
            if (checkpoints.processed() > limit) {
                throw Violation.of(
                        Rule.TOO_COMPLEX,
                        Violation.E2BIG,
                        "BPF program is too large. Processed " + checkpoints.processed() + " insn");
            }
            env.state.lastPc = env.previousPc;
            if (cfg.prunePoint[pc] && checkpoints.visited()) {
                log.message(pc + ": safe");
                return true;
            }
            if (cfg.jumpPoint[pc]) {
                env.note();
            }
            if (isJump(cfg.at(pc))) {
                checkpoints.countJump();
            }
            if (observer != null) {
                observer.step(pc, explored);
            }
            log.begin();
            int next = instructions.execute();
            log.end();
            env.previousPc = pc;
            if (next < 0) {
                return true;
            }
            env.pc = next;
        }
    }

    private static boolean isJump(@Nullable Insn insn) {
        return insn instanceof Insn.JumpIf
                || insn instanceof Insn.Jump
                || insn instanceof Insn.CallHelper
                || insn instanceof Insn.CallLocal
                || insn instanceof Insn.CallKfunc
                || insn instanceof Insn.MayGoto
                || insn instanceof Insn.Exit;
    }

    /// What was done.
    public Statistics statistics() {
        List<Integer> depths = new ArrayList<>();
        for (Subprogram sub : cfg.subprograms) {
            depths.add(sub.stackDepth);
        }
        return new Statistics(
                checkpoints.processed(),
                checkpoints.total,
                checkpoints.peak,
                checkpoints.mostAtOnce,
                maxDepth,
                depths);
    }
}
