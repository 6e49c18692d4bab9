package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.fuzz.Finding.Check;
import bpf4j.testkit.fuzz.Judgement.Problem;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Makes a trial that shows a problem smaller while it still shows one of the same kind.
final class Minimiser {
    private static final int MOST_TRIES = 20_000;

    private final TrialJudge judge;
    private final Check check;
    private Trial trial;
    private Problem problem;
    private int tries;

    private Minimiser(TrialJudge judge, Trial trial, Problem problem) {
        this.judge = judge;
        this.check = problem.check();
        this.trial = trial;
        this.problem = problem;
    }

    /// The finding for a trial that shows a problem.
    static Finding minimise(TrialJudge judge, Trial trial, Problem problem) {
        int before = count(trial.code());
        Minimiser minimiser = new Minimiser(judge, trial, problem);
        minimiser.onePacket();
        boolean smaller = true;
        while (smaller) {
            smaller = minimiser.cut();
            smaller |= minimiser.simplify();
        }
        return new Finding(minimiser.check, minimiser.problem.text(), minimiser.trial, before);
    }

    private static int count(Code code) {
        int count = 0;
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            count++;
        }
        return count;
    }

    private void onePacket() {
        List<byte[]> packets = trial.packets();
        if (packets.size() > 1) {
            for (byte[] packet : packets) {
                if (keeps(trial.with(packet))) {
                    return;
                }
            }
        }
    }

    /// Takes out halves, then quarters, ... then single instructions.
    private boolean cut() {
        boolean any = false;
        for (int size = Math.max(1, count(trial.code()) / 2); size >= 1; size /= 2) {
            int at = 0;
            while (at < count(trial.code())) {
                ProgramSpec less = CodeCut.without(trial.spec(), at, at + size);
                if (less != null && keeps(trial.with(less))) {
                    any = true;
                } else {
                    at += size;
                }
            }
        }
        return any;
    }

    /// Makes immediates smaller.
    private boolean simplify() {
        boolean any = false;
        for (int pc = 0; pc < trial.code().size(); pc = trial.code().next(pc)) {
            for (int value : new int[] {0, 1}) {
                Insn simpler = simpler(trial.code().at(pc), value);
                if (simpler != null) {
                    int place = pc;
                    Code code = trial.code();
                    Code changed = code.map(p -> p == place ? simpler : code.at(p));
                    if (keeps(trial.with(changed))) {
                        any = true;
                        break;
                    }
                }
            }
        }
        return any;
    }

    private static @Nullable Insn simpler(Insn insn, int value) {
        return switch (insn) {
            case Insn.Alu(var width, var op, int dst, Operand.Imm(int imm))
                    when larger(imm, value) ->
                    new Insn.Alu(width, op, dst, new Operand.Imm(value));
            case Insn.Store(var size, int dst, short off, Operand.Imm(int imm))
                    when larger(imm, value) ->
                    new Insn.Store(size, dst, off, new Operand.Imm(value));
            case Insn.LoadImm64(int dst, var kind, int imm, int imm2)
                    when kind == bpf4j.isa.WideKind.CONST && (imm2 != 0 || larger(imm, value)) ->
                    new Insn.LoadImm64(dst, kind, value, 0);
            default -> null;
        };
    }

    private static boolean larger(int imm, int value) {
        return imm != value && Integer.compareUnsigned(Math.abs(imm), value) > 0;
    }

    private boolean keeps(Trial smaller) {
        if (++tries > MOST_TRIES) {
            return false;
        }
        Problem now = judge.judge(smaller).problem();
        if (now == null || now.check() != check) {
            return false;
        }
        trial = smaller;
        problem = now;
        return true;
    }
}
