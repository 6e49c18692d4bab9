package bpf4j.isa;

import java.util.Locale;

/// Writes one instruction as llvm-objdump does: immediates and offsets in hex with a sign, memory
/// operands in parentheses. What LLVM's text leaves out is added, so that no text stands for two
/// instructions: a local call is marked `<local>` and a kernel function `<kfunc>` (LLVM prints all
/// three kinds of call alike), and an indirect packet load shows its immediate where it has one.
final class InsnText {
    private final Syntax syntax;

    InsnText(Syntax syntax) {
        this.syntax = syntax;
    }

    /// The text with offsets for targets: `goto +0x3`.
    String of(Insn insn) {
        return of(insn, target(insn));
    }

    /// The offset that a jump or a local call shows; empty for other instructions.
    static String target(Insn insn) {
        return switch (insn) {
            case Insn.Jump i -> jump(i.offset());
            case Insn.JumpIf i -> jump(i.offset());
            case Insn.MayGoto i -> jump(i.offset());
            case Insn.CallLocal i -> signedHex(i.offset()) + " <local>";
            case Insn.Alu _,
                    Insn.Neg _,
                    Insn.MovSx _,
                    Insn.ByteSwap _,
                    Insn.AddrSpaceCast _,
                    Insn.LoadImm64 _,
                    Insn.Load _,
                    Insn.Store _,
                    Insn.LoadAbs _,
                    Insn.LoadInd _,
                    Insn.Atomic _,
                    Insn.LoadAcquire _,
                    Insn.StoreRelease _,
                    Insn.CallHelper _,
                    Insn.CallKfunc _,
                    Insn.CallReg _,
                    Insn.Exit _ ->
                    "";
        };
    }

    /// The text with another form of the target of a jump or local call.
    String of(Insn insn, String target) {
        return switch (insn) {
            case Insn.Alu i ->
                    reg(i.width(), i.dst())
                            + " "
                            + i.op().symbol()
                            + " "
                            + operand(i.width(), i.src());
            case Insn.Neg i -> reg(i.width(), i.dst()) + " = -" + reg(i.width(), i.dst());
            case Insn.MovSx i ->
                    reg(i.width(), i.dst()) + " = (s" + i.bits() + ")" + reg(i.width(), i.src());
            case Insn.ByteSwap i ->
                    "r" + i.dst() + " = " + swapName(i.kind()) + i.bits() + " r" + i.dst();
            case Insn.AddrSpaceCast i ->
                    "r"
                            + i.dst()
                            + " = addr_space_cast(r"
                            + i.src()
                            + ", "
                            + hex(i.spaces() >>> 16)
                            + ", "
                            + hex(i.spaces() & 0xffff)
                            + ")";
            case Insn.LoadImm64 i -> wideLoad(i);
            case Insn.Load i -> load(i);
            case Insn.Store i -> store(i);
            case Insn.LoadAbs i ->
                    "r0 = *(" + unsigned(i.size()) + " *)skb[" + signedHex(i.imm()) + "]";
            case Insn.LoadInd i ->
                    "r0 = *("
                            + unsigned(i.size())
                            + " *)skb[r"
                            + i.src()
                            + (i.imm() == 0 ? "" : displacement(i.imm()))
                            + "]";
            case Insn.Atomic i -> atomic(i);
            case Insn.LoadAcquire i ->
                    data(i.size(), i.dst())
                            + " = load_acquire("
                            + pointer(unsigned(i.size()), i.src(), i.off())
                            + ")";
            case Insn.StoreRelease i ->
                    "store_release("
                            + pointer(unsigned(i.size()), i.dst(), i.off())
                            + ", "
                            + data(i.size(), i.src())
                            + ")";
            case Insn.Jump i -> (i.wide() ? "gotol " : "goto ") + target;
            case Insn.JumpIf i -> condition(i) + " goto " + target;
            case Insn.MayGoto _ -> "may_goto " + target;
            case Insn.CallHelper i -> "call " + signedHex(i.id());
            case Insn.CallLocal _ -> "call " + target;
            case Insn.CallKfunc i ->
                    "call "
                            + signedHex(i.id())
                            + (i.module() == 0 ? " <kfunc>" : " <kfunc " + i.module() + ">");
            case Insn.CallReg i -> "callx r" + i.reg();
            case Insn.Exit _ -> "exit";
        };
    }

    private static String condition(Insn.JumpIf jump) {
        return "if "
                + reg(jump.width(), jump.dst())
                + " "
                + jump.cond().symbol()
                + " "
                + operand(jump.width(), jump.src());
    }

    private static String swapName(Insn.ByteSwap.Kind kind) {
        return switch (kind) {
            case LE -> "le";
            case BE -> "be";
            case SWAP -> "bswap";
        };
    }

    private static String wideLoad(Insn.LoadImm64 load) {
        if (load.kind() == WideKind.CONST) {
            return "r" + load.dst() + " = " + signedHex(load.value()) + " ll";
        }
        return "ld_pseudo\tr"
                + load.dst()
                + ", "
                + hex(load.kind().source())
                + ", 0x"
                + Long.toHexString(load.value());
    }

    private String load(Insn.Load load) {
        if (load.signed()) {
            return "r"
                    + load.dst()
                    + " = *(s"
                    + load.size().bits()
                    + " *)"
                    + memory(load.src(), load.off());
        }
        return register(load.size(), load.dst())
                + " = *"
                + pointer(unsigned(load.size()), load.src(), load.off());
    }

    private String store(Insn.Store store) {
        return "*"
                + pointer(unsigned(store.size()), store.dst(), store.off())
                + " = "
                + switch (store.src()) {
                    case Operand.Imm imm -> signedHex(imm.value());
                    case Operand.Reg reg -> register(store.size(), reg.number());
                };
    }

    private String atomic(Insn.Atomic atomic) {
        boolean wide = atomic.size() == Size.DW;
        String src = data(atomic.size(), atomic.src());
        String type = wide ? "u64" : "u32";
        String place = "r" + atomic.dst() + displacement(atomic.off());
        return switch (atomic.op()) {
            case ADD, OR, AND, XOR ->
                    atomic.fetch()
                            ? src
                                    + " = atomic_fetch_"
                                    + atomic.op().name().toLowerCase(Locale.ROOT)
                                    + "(("
                                    + type
                                    + " *)("
                                    + place
                                    + "), "
                                    + src
                                    + ")"
                            : "lock *("
                                    + type
                                    + " *)("
                                    + place
                                    + ") "
                                    + AluOp.valueOf(atomic.op().name()).symbol()
                                    + " "
                                    + (atomic.op() == AtomicOp.ADD
                                            ? register(atomic.size(), atomic.src())
                                            : src);
            case XCHG -> src + (wide ? " = xchg_64(" : " = xchg32_32(") + place + ", " + src + ")";
            case CMPXCHG ->
                    (wide ? "r0 = cmpxchg_64(" : "w0 = cmpxchg32_32(")
                            + place
                            + (wide ? ", r0, " : ", w0, ")
                            + src
                            + ")";
        };
    }

    private static String unsigned(Size size) {
        return "u" + size.bits();
    }

    private static String pointer(String type, int base, int off) {
        return "(" + type + " *)" + memory(base, off);
    }

    private static String memory(int base, int off) {
        return "(r" + base + displacement(off) + ")";
    }

    private static String displacement(int off) {
        return off < 0 ? " - 0x" + Long.toHexString(-(long) off) : " + " + hex(off);
    }

    /// The data register of a load or store, as the syntax names it.
    private String register(Size size, int number) {
        return syntax == Syntax.ALU32 ? data(size, number) : "r" + number;
    }

    private static String data(Size size, int number) {
        return (size == Size.DW ? "r" : "w") + number;
    }

    private static String reg(Width width, int number) {
        return (width == Width.W64 ? "r" : "w") + number;
    }

    private static String operand(Width width, Operand operand) {
        return switch (operand) {
            case Operand.Imm imm -> signedHex(imm.value());
            case Operand.Reg reg -> reg(width, reg.number());
        };
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    private static String jump(int offset) {
        return (offset < 0 ? "" : "+") + signedHex(offset);
    }

    /// A number in hex with a minus sign where it is negative.
    private static String signedHex(long value) {
        return value < 0 ? "-0x" + Long.toHexString(-value) : "0x" + Long.toHexString(value);
    }
}
