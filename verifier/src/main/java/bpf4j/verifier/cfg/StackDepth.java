package bpf4j.verifier.cfg;

import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

/// The bytes of stack that chains of calls need together.
public final class StackDepth {
    private static final int MAX = 512;
    private static final int MAX_FRAMES = 8;
    private static final int MAX_BEFORE_TAIL_CALL = 256;

    private final Cfg cfg;
    private int deepest;
    private final int[] checkedAt;

    private StackDepth(Cfg cfg) {
        this.cfg = cfg;
        checkedAt = new int[2 * cfg.subprograms.length * MAX_FRAMES];
        java.util.Arrays.fill(checkedAt, -1);
    }

    /// Checks all chains; returns the depth of the deepest.
    public static int check(Cfg cfg) {
        StackDepth depth = new StackDepth(cfg);
        for (Subprogram sub : cfg.subprograms) {
            if (sub.number == 0 || sub.isAsyncCallback) {
                java.util.Arrays.fill(depth.checkedAt, -1);
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
            throw Violation.of(
                    Rule.STACK_DEPTH,
                    Violation.EACCES,
                    "tail_calls are not allowed when call stack of previous frames is "
                            + before
                            + " bytes. Too large");
        }
        int depth = before + (sub.stackDepth + 15) / 16 * 16;
        if (depth > MAX) {
            throw Violation.of(
                    Rule.STACK_DEPTH,
                    Violation.EACCES,
                    "combined stack size of " + (frame + 1) + " calls is " + depth + ". Too large");
        }
        deepest = Math.max(deepest, depth);
        int known = 2 * (sub.number * MAX_FRAMES + frame) + (callback ? 1 : 0);
        if (checkedAt[known] >= before) {
            return;
        }
        checkedAt[known] = before;
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
}
