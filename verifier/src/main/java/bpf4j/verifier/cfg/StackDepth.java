package bpf4j.verifier.cfg;

import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import java.util.Arrays;
import java.util.Set;

/// The bytes of stack that chains of calls need together.
public final class StackDepth {
    private static final int MAX = 512;
    private static final int MAX_FRAMES = 8;
    private static final int MAX_BEFORE_TAIL_CALL = 256;
    private static final int MIN_PRIVATE = 64;

    /// Linux gives functions of these program types stacks of their own.
    private static final Set<String> PRIVATE =
            Set.of("kprobe", "tracepoint", "perf_event", "raw_tracepoint");

    private final Cfg cfg;

    /// Functions that asynchronous callbacks use: they run on the common stack.
    private final boolean[] common;

    private final int[] checkedAt;
    private boolean privateStacks;
    private int deepest;

    private StackDepth(Cfg cfg) {
        this.cfg = cfg;
        common = new boolean[cfg.subprograms.length];
        checkedAt = new int[2 * cfg.subprograms.length * MAX_FRAMES];
    }

    /// Checks all chains; returns the depth of the deepest.
    public static int check(Cfg cfg, ProgramSpec spec) {
        StackDepth depth = new StackDepth(cfg);
        boolean tailCalls = false;
        for (Subprogram sub : cfg.subprograms) {
            tailCalls |= sub.tailCalls;
        }
        for (int i = cfg.subprograms.length - 1; i >= 0; i--) {
            Subprogram sub = cfg.subprograms[i];
            if (i == 0 || sub.isAsyncCallback) {
                Arrays.fill(depth.checkedAt, -1);
                depth.privateStacks = i == 0 && !tailCalls && PRIVATE.contains(spec.type().name());
                depth.enter(sub, 0, 0, false);
            }
        }
        return depth.deepest;
    }

    private void enter(Subprogram sub, int before, int frame, boolean inCallback) {
        boolean callback = inCallback || sub.isCallback;
        if (sub.legacyLoads && callback) {
            throw Violation.invalid(
                    Rule.LEGACY_LOAD, -1, "cannot use BPF_LD_[ABS|IND] within callback");
        }
        if (sub.number > 0 && sub.tailCalls && before >= MAX_BEFORE_TAIL_CALL) {
            throw tooDeep(
                    "tail_calls are not allowed when call stack of previous frames is "
                            + before
                            + " bytes. Too large");
        }
        int depth = before;
        int own = (sub.stackDepth + 15) / 16 * 16;
        if (privateStacks && own >= MIN_PRIVATE && !common[sub.number]) {
            if (own > MAX) {
                throw tooDeep("stack size of subprog " + sub.number + " is " + own + ". Too large");
            }
        } else {
            depth += own;
            if (depth > MAX) {
                throw tooDeep(
                        "combined stack size of "
                                + (frame + 1)
                                + " calls is "
                                + depth
                                + ". Too large");
            }
        }
        if (!privateStacks) {
            common[sub.number] = true;
        }
        deepest = Math.max(deepest, depth);
        int known = 2 * (sub.number * MAX_FRAMES + frame) + (callback ? 1 : 0);
        if (checkedAt[known] < depth) {
            checkedAt[known] = depth;
            callees(sub, depth, frame, callback);
        }
    }

    private void callees(Subprogram sub, int depth, int frame, boolean callback) {
        for (int pc = sub.start; pc < sub.end; pc = cfg.next(pc)) {
            Insn insn = cfg.at(pc);
            boolean call = insn instanceof Insn.CallLocal;
            boolean address = insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC;
            if (!call && !address) {
                continue;
            }
            Subprogram callee = cfg.startingAt(Cfg.target(insn, pc));
            if (callee == null || (callee.isAsyncCallback && !call)) {
                continue;
            }
            if (frame + 1 >= MAX_FRAMES) {
                throw Violation.of(
                        Rule.CALL_DEPTH,
                        Violation.E2BIG,
                        "the call stack of " + (frame + 1) + " frames is too deep !");
            }
            enter(callee, depth, frame + 1, callback);
        }
    }

    private static Violation tooDeep(String text) {
        return Violation.of(Rule.STACK_DEPTH, Violation.EACCES, text);
    }
}
