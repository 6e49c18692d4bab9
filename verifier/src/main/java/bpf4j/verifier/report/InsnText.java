package bpf4j.verifier.report;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.ProgramSpec;

import java.nio.ByteOrder;
import java.util.Locale;

/// Instructions as Linux's verifier log writes them: `(79) r2 = *(u64 *)(r10 -8)`.
public final class InsnText {
    private InsnText() {}

    /// The instruction at a slot, with its opcode.
    public static String of(ProgramSpec spec, int pc) {
        Insn insn = spec.code().at(pc);
        byte[] wire = Codec.encode(Code.of(insn), ByteOrder.LITTLE_ENDIAN);
        return String.format(Locale.ROOT, "(%02x) %s", wire[0] & 0xff, body(insn, spec));
    }

    private static String body(Insn insn, ProgramSpec spec) {
        return switch (insn) {
            case Insn.Alu alu -> {
                String dst = reg(alu.width(), alu.dst());
                String src = operand(alu.width(), alu.src());
                yield dst + " " + symbol(alu.op()) + " " + src;
            }
            case Insn.Neg neg -> reg(neg.width(), neg.dst()) + " = -" + reg(neg.width(), neg.dst());
            case Insn.MovSx mov ->
                    reg(mov.width(), mov.dst())
                            + " = (s"
                            + mov.bits()
                            + ")"
                            + reg(mov.width(), mov.src());
            case Insn.ByteSwap swap -> {
                String kind =
                        swap.kind() == Insn.ByteSwap.Kind.SWAP
                                ? "bswap"
                                : swap.kind().name().toLowerCase(Locale.ROOT);
                yield "r" + swap.dst() + " = " + kind + swap.bits() + " r" + swap.dst();
            }
            case Insn.AddrSpaceCast cast ->
                    "r"
                            + cast.dst()
                            + " = addr_space_cast(r"
                            + cast.src()
                            + ", "
                            + (cast.spaces() >>> 16)
                            + ", "
                            + (cast.spaces() & 0xffff)
                            + ")";
            case Insn.LoadImm64 load ->
                    "r"
                            + load.dst()
                            + " = "
                            + (load.kind() == WideKind.CONST
                                    ? "0x" + Long.toHexString(load.value())
                                    : wide(load, spec));
            case Insn.Load load ->
                    "r"
                            + load.dst()
                            + " = *("
                            + (load.signed() ? "s" : "u")
                            + load.size().bits()
                            + " *)"
                            + address(load.src(), load.off());
            case Insn.LoadAcquire load ->
                    "r"
                            + load.dst()
                            + " = load_acquire((u"
                            + load.size().bits()
                            + " *)"
                            + address(load.src(), load.off())
                            + ")";
            case Insn.Store store ->
                    memory(store.size(), store.dst(), store.off())
                            + " = "
                            + operand(Width.W64, store.src());
            case Insn.StoreRelease store ->
                    "store_release((u"
                            + store.size().bits()
                            + " *)"
                            + address(store.dst(), store.off())
                            + ", r"
                            + store.src()
                            + ")";
            case Insn.LoadAbs load ->
                    "r0 = *(u" + load.size().bits() + " *)skb[" + load.imm() + "]";
            case Insn.LoadInd load ->
                    "r0 = *(u"
                            + load.size().bits()
                            + " *)skb[r"
                            + load.src()
                            + " + "
                            + load.imm()
                            + "]";
            case Insn.Atomic atomic -> atomic(atomic);
            case Insn.Jump jump -> (jump.wide() ? "gotol " : "goto ") + pc(jump.offset());
            case Insn.JumpIf jump ->
                    "if "
                            + reg(jump.width(), jump.dst())
                            + " "
                            + symbol(jump.cond())
                            + " "
                            + compared(jump)
                            + " goto "
                            + pc(jump.offset());
            case Insn.MayGoto jump -> "may_goto " + pc(jump.offset());
            case Insn.CallHelper call -> {
                HelperSpec helper = spec.type().helper(call.id());
                yield "call "
                        + (helper == null ? "unknown" : "bpf_" + helper.name())
                        + "#"
                        + call.id();
            }
            case Insn.CallLocal call -> "call " + pc(call.offset());
            case Insn.CallKfunc call -> {
                boolean known = call.id() >= 0 && call.id() < spec.externs().size();
                yield "call " + (known ? spec.externs().get(call.id()) : "?") + "#" + call.id();
            }
            case Insn.CallReg call -> "callx r" + call.reg();
            case Insn.Exit ignored -> "exit";
        };
    }

    private static String wide(Insn.LoadImm64 load, ProgramSpec spec) {
        return switch (load.kind()) {
            case MAP, MAP_IDX, MAP_VALUE, MAP_IDX_VALUE -> {
                boolean known = load.imm() >= 0 && load.imm() < spec.maps().size();
                String map = known ? spec.maps().get(load.imm()).name() : "?";
                boolean value =
                        load.kind() == WideKind.MAP_VALUE || load.kind() == WideKind.MAP_IDX_VALUE;
                yield "map[" + map + "]" + (value ? "[0]+" + load.imm2() : "");
            }
            default -> "0x" + Integer.toHexString(load.imm());
        };
    }

    private static String atomic(Insn.Atomic atomic) {
        String target =
                "((u" + atomic.size().bits() + " *)" + address(atomic.dst(), atomic.off()) + ", ";
        String prefix = atomic.size() == Size.DW ? "atomic64_" : "atomic_";
        String name = atomic.op().name().toLowerCase(Locale.ROOT);
        String src = "r" + atomic.src();
        if (atomic.op() == AtomicOp.CMPXCHG) {
            return "r0 = " + prefix + "cmpxchg" + target + "r0, " + src + ")";
        }
        if (atomic.op() == AtomicOp.XCHG) {
            return src + " = " + prefix + "xchg" + target + src + ")";
        }
        if (atomic.fetch()) {
            return src + " = " + prefix + "fetch_" + name + target + src + ")";
        }
        String symbol =
                switch (atomic.op()) {
                    case OR -> "|=";
                    case AND -> "&=";
                    case XOR -> "^=";
                    default -> "+=";
                };
        return "lock "
                + memory(atomic.size(), atomic.dst(), atomic.off())
                + " "
                + symbol
                + " "
                + src;
    }

    private static String compared(Insn.JumpIf jump) {
        return switch (jump.src()) {
            case Operand.Reg reg -> reg(jump.width(), reg.number());
            case Operand.Imm imm -> "0x" + Integer.toHexString(imm.value());
        };
    }

    private static String reg(Width width, int number) {
        return (width == Width.W32 ? "w" : "r") + number;
    }

    private static String operand(Width width, Operand operand) {
        return switch (operand) {
            case Operand.Reg reg -> reg(width, reg.number());
            case Operand.Imm imm -> Integer.toString(imm.value());
        };
    }

    private static String address(int register, int off) {
        return "(r" + register + " " + signed(off) + ")";
    }

    private static String memory(Size size, int register, int off) {
        return "*(u" + size.bits() + " *)" + address(register, off);
    }

    private static String signed(int value) {
        return value < 0 ? Integer.toString(value) : "+" + value;
    }

    private static String pc(int offset) {
        return "pc" + signed(offset);
    }

    private static String symbol(AluOp op) {
        return switch (op) {
            case ADD -> "+=";
            case SUB -> "-=";
            case MUL -> "*=";
            case DIV -> "/=";
            case SDIV -> "s/=";
            case OR -> "|=";
            case AND -> "&=";
            case LSH -> "<<=";
            case RSH -> ">>=";
            case MOD -> "%=";
            case SMOD -> "s%=";
            case XOR -> "^=";
            case MOV -> "=";
            case ARSH -> "s>>=";
        };
    }

    private static String symbol(Cond cond) {
        return switch (cond) {
            case JEQ -> "==";
            case JNE -> "!=";
            case JSET -> "&";
            case JGT -> ">";
            case JGE -> ">=";
            case JLT -> "<";
            case JLE -> "<=";
            case JSGT -> "s>";
            case JSGE -> "s>=";
            case JSLT -> "s<";
            case JSLE -> "s<=";
        };
    }
}
