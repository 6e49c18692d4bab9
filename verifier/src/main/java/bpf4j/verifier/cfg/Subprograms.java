package bpf4j.verifier.cfg;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import org.jspecify.annotations.Nullable;

import java.util.TreeSet;

/// Finds the subprograms of a program and checks that each is closed: jumps stay inside, the last
/// instruction does not fall through.
final class Subprograms {
    static final int MAX = 256;
    private static final int TAIL_CALL = 12;

    private Subprograms() {}

    static Subprogram[] find(ProgramSpec spec, LoadPolicy policy) {
        Code code = spec.code();
        TreeSet<Integer> starts = new TreeSet<>();
        starts.add(0);
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Insn insn = code.at(pc);
            Integer offset = callee(insn);
            boolean kfunc = insn instanceof Insn.CallKfunc;
            if (offset == null && !kfunc) {
                continue;
            }
            if (!policy.grants(Capability.BPF)) {
                throw new Violation(
                        Rule.PERMISSION,
                        Violation.EPERM,
                        pc,
                        -1,
                        "loading/calling other bpf or kernel functions are allowed for CAP_BPF and"
                                + " CAP_SYS_ADMIN");
            }
            if (offset == null) {
                continue;
            }
            long target = (long) pc + 1 + offset;
            if (target < 0 || target >= code.size()) {
                throw refuse(Rule.CONTROL_FLOW, pc, "call to invalid destination");
            }
            starts.add((int) target);
            if (starts.size() > MAX) {
                throw new Violation(
                        Rule.CONTROL_FLOW, Violation.E2BIG, pc, -1, "too many subprograms");
            }
        }
        return cut(spec, starts);
    }

    private static @Nullable Integer callee(Insn insn) {
        if (insn instanceof Insn.CallLocal call) {
            return call.offset();
        }
        if (insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC) {
            return load.imm();
        }
        return null;
    }

    private static Subprogram[] cut(ProgramSpec spec, TreeSet<Integer> starts) {
        Subprogram[] cut = new Subprogram[starts.size()];
        int number = 0;
        for (int start : starts) {
            Integer next = starts.higher(start);
            int end = next == null ? spec.code().size() : next;
            String name = number == 0 ? spec.name() : "";
            int type = 0;
            for (ProgramSpec.Function function : spec.functions()) {
                if (function.pc() == start) {
                    name = function.name();
                    type = function.type();
                }
            }
            Btf btf = spec.btf();
            if (btf == null || type < 0 || type >= btf.size()) {
                type = 0;
            }
            cut[number] = new Subprogram(number, start, end, name, type);
            number++;
        }
        return cut;
    }

    /// Checks jumps and ends, and notes tail calls and legacy loads.
    static void check(Code code, Subprogram[] subprograms) {
        for (Subprogram sub : subprograms) {
            int last = sub.start;
            for (int pc = sub.start; pc < sub.end; pc = code.next(pc)) {
                if (code.isSecondSlot(pc)) {
                    throw refuse(
                            Rule.CONTROL_FLOW,
                            pc - 1,
                            "jump into the middle of ldimm64 insn " + (pc - 1));
                }
                last = pc;
                switch (code.at(pc)) {
                    case Insn.Jump jump -> target(sub, pc, jump.offset());
                    case Insn.JumpIf jump -> target(sub, pc, jump.offset());
                    case Insn.MayGoto jump -> target(sub, pc, jump.offset());
                    case Insn.CallHelper call -> sub.tailCalls |= call.id() == TAIL_CALL;
                    case Insn.LoadAbs ignored -> sub.legacyLoads = true;
                    case Insn.LoadInd ignored -> sub.legacyLoads = true;
                    default -> {}
                }
            }
            Insn end = code.at(last);
            if (!(end instanceof Insn.Exit) && !(end instanceof Insn.Jump)) {
                throw refuse(Rule.CONTROL_FLOW, last, "last insn is not an exit or jmp");
            }
        }
    }

    /// Legacy loads and tail calls end a function early with a number: it must return one.
    static void checkAbnormalReturns(ProgramSpec spec, Subprogram[] subprograms) {
        for (Subprogram sub : subprograms) {
            if (sub.number == 0 || (!sub.legacyLoads && !sub.tailCalls)) {
                continue;
            }
            String what = sub.legacyLoads ? "LD_ABS" : "tail_call";
            Btf btf = spec.btf();
            if (btf == null || sub.type == 0) {
                throw refuse(
                        Rule.CONTROL_FLOW,
                        sub.start,
                        what + " is not allowed in subprogs without BTF");
            }
            if (!returnsNumber(btf, sub.type)) {
                throw refuse(
                        Rule.CONTROL_FLOW,
                        sub.start,
                        what + " is only allowed in functions that return 'int'.");
            }
        }
    }

    private static boolean returnsNumber(Btf btf, int function) {
        if (!(btf.type(function) instanceof BtfType.Func func)
                || !(btf.type(func.proto()) instanceof BtfType.FuncProto proto)) {
            return false;
        }
        int id = proto.returns();
        for (int depth = 0; depth < 32; depth++) {
            switch (btf.type(id)) {
                case BtfType.Const type -> id = type.type();
                case BtfType.Volatile type -> id = type.type();
                case BtfType.Restrict type -> id = type.type();
                case BtfType.Typedef type -> id = type.type();
                case BtfType.TypeTag type -> id = type.type();
                case BtfType.Int type -> {
                    return type.size() <= 8;
                }
                case BtfType.Enum ignored -> {
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private static void target(Subprogram sub, int pc, int offset) {
        long target = (long) pc + 1 + offset;
        if (target < sub.start || target >= sub.end) {
            throw refuse(
                    Rule.CONTROL_FLOW, pc, "jump out of range from insn " + pc + " to " + target);
        }
    }

    private static Violation refuse(Rule rule, int pc, String text) {
        return new Violation(rule, Violation.EINVAL, pc, -1, text);
    }
}
