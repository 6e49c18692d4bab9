package bpf4j.verifier.cfg;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

/// Legacy packet loads and tail calls that fail end the function with 0: subprograms that have them
/// must return a number, and BTF must say so.
final class AbnormalReturns {
    private static final int INT_SIZE = 4;

    private AbnormalReturns() {}

    static void check(ProgramSpec spec, Subprogram[] subprograms) {
        for (Subprogram sub : subprograms) {
            if (sub.number == 0 || !sub.legacyLoads && !sub.tailCalls) {
                continue;
            }
            String what = sub.legacyLoads ? "LD_ABS" : "tail_call";
            Btf btf = spec.btf();
            if (btf == null || sub.type == 0) {
                throw refuse(sub, what + " is not allowed in subprogs without BTF");
            }
            if (!returnsNumber(btf, sub.type)) {
                throw refuse(sub, what + " is only allowed in functions that return 'int'.");
            }
        }
    }

    private static boolean returnsNumber(Btf btf, int type) {
        if (btf.type(type) instanceof BtfType.Func func
                && btf.type(func.proto()) instanceof BtfType.FuncProto proto) {
            return switch (btf.type(btf.resolve(proto.returns()))) {
                case BtfType.Int number -> number.size() <= INT_SIZE;
                case BtfType.Enum ignored -> true;
                default -> false;
            };
        }
        return false;
    }

    private static Violation refuse(Subprogram sub, String text) {
        return new Violation(Rule.LEGACY_LOAD, Violation.EINVAL, sub.start, -1, text);
    }
}
