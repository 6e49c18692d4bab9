package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramSpec.Function;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Takes instructions out of a program, and leads jumps over them to what follows.
final class CodeCut {
    private CodeCut() {}

    /// The program without the instructions number `from` to `to - 1` (counted as instructions, not
    /// slots), or null when a jump or call would then lead out of the program.
    static @Nullable ProgramSpec without(ProgramSpec spec, int from, int to) {
        Code code = spec.code();
        List<Insn> insns = new ArrayList<>();
        List<Integer> slots = new ArrayList<>();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            insns.add(code.at(pc));
            slots.add(pc);
        }
        int[] moved = new int[code.size() + 1];
        int at = 0;
        for (int i = 0; i < insns.size(); i++) {
            int pc = slots.get(i);
            moved[pc] = at;
            int size = Code.slotsOf(insns.get(i));
            if (size == 2) {
                moved[pc + 1] = at;
            }
            at += i >= from && i < to ? 0 : size;
        }
        moved[code.size()] = at;
        List<Insn> kept = new ArrayList<>();
        for (int i = 0; i < insns.size(); i++) {
            if (i >= from && i < to) {
                continue;
            }
            Insn insn = retarget(insns.get(i), slots.get(i), moved, at);
            if (insn == null) {
                return null;
            }
            kept.add(insn);
        }
        return kept.isEmpty() ? null : withCode(spec, Code.of(kept), moved(spec, moved));
    }

    /// The program with other instructions; what is no longer called is no function.
    static ProgramSpec withCode(ProgramSpec spec, Code code, List<Function> functions) {
        return new ProgramSpec(
                spec.name(),
                spec.section(),
                spec.type(),
                spec.license(),
                code,
                spec.maps(),
                spec.externs(),
                spec.btf(),
                functions.stream().filter(function -> isEntered(code, function.pc())).toList(),
                List.of(),
                spec.flags());
    }

    private static List<Function> moved(ProgramSpec spec, int[] moved) {
        return spec.functions().stream()
                .map(f -> new Function(moved[f.pc()], f.name(), f.type()))
                .toList();
    }

    private static boolean isEntered(Code code, int start) {
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            int target =
                    switch (code.at(pc)) {
                        case Insn.CallLocal(int offset) -> pc + 1 + offset;
                        case Insn.LoadImm64 load when load.kind() == WideKind.FUNC ->
                                pc + 1 + load.imm();
                        default -> 0;
                    };
            if (target == start) {
                return true;
            }
        }
        return start == 0;
    }

    private static @Nullable Insn retarget(Insn insn, int pc, int[] moved, int end) {
        return switch (insn) {
            case Insn.Jump jump -> {
                Integer offset = offset(pc, jump.offset(), moved, end);
                yield offset == null ? null : new Insn.Jump(jump.wide(), offset);
            }
            case Insn.JumpIf jump -> {
                Integer offset = offset(pc, jump.offset(), moved, end);
                yield offset == null
                        ? null
                        : new Insn.JumpIf(
                                jump.width(),
                                jump.cond(),
                                jump.dst(),
                                jump.src(),
                                offset.shortValue());
            }
            case Insn.MayGoto jump -> {
                Integer offset = offset(pc, jump.offset(), moved, end);
                yield offset == null ? null : new Insn.MayGoto(offset.shortValue());
            }
            case Insn.CallLocal call -> {
                Integer offset = offset(pc, call.offset(), moved, end);
                yield offset == null ? null : new Insn.CallLocal(offset);
            }
            case Insn.LoadImm64 load when load.kind() == WideKind.FUNC -> {
                Integer offset = offset(pc, load.imm(), moved, end);
                yield offset == null
                        ? null
                        : new Insn.LoadImm64(load.dst(), load.kind(), offset, load.imm2());
            }
            default -> insn;
        };
    }

    private static @Nullable Integer offset(int pc, int offset, int[] moved, int end) {
        int target = pc + 1 + offset;
        if (target < 0 || target >= moved.length) {
            return null;
        }
        int now = moved[target];
        return now >= end ? null : Integer.valueOf(now - moved[pc] - 1);
    }
}
