package bpf4j.verifier.cfg;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

/// The least that a program must be to be executed at all: every jump and call lands on an
/// instruction, and execution cannot run off the end.
public final class Form {
    private Form() {}

    /// Checks a program's form.
    public static void check(Code code) {
        if (code.size() == 0) {
            throw refuse(0, "last insn is not an exit or jmp");
        }
        int last = 0;
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            last = pc;
            switch (code.at(pc)) {
                case Insn.Jump jump -> target(code, pc, jump.offset());
                case Insn.JumpIf jump -> target(code, pc, jump.offset());
                case Insn.MayGoto jump -> target(code, pc, jump.offset());
                case Insn.CallLocal call -> target(code, pc, call.offset());
                default -> {
                    // Nothing else names an instruction but a FUNC load, below.
                    if (code.at(pc) instanceof Insn.LoadImm64 load
                            && load.kind() == bpf4j.isa.WideKind.FUNC) {
                        target(code, pc, load.imm());
                    }
                }
            }
        }
        if (!(code.at(last) instanceof Insn.Exit) && !(code.at(last) instanceof Insn.Jump)) {
            throw refuse(last, "last insn is not an exit or jmp");
        }
    }

    private static void target(Code code, int pc, int offset) {
        long target = (long) pc + 1 + offset;
        if (target < 0 || target >= code.size()) {
            throw refuse(pc, "jump out of range from insn " + pc + " to " + target);
        }
        if (code.isSecondSlot((int) target)) {
            throw refuse(pc, "jump into the middle of ldimm64 insn " + (target - 1));
        }
    }

    private static Violation refuse(int pc, String text) {
        return new Violation(Rule.CONTROL_FLOW, Violation.EINVAL, pc, -1, text);
    }
}
