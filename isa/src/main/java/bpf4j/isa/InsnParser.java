package bpf4j.isa;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads one instruction in the syntax of clang and llvm-objdump.
final class InsnParser {
    private static final List<String> STATEMENTS =
            List.of(
                    "if",
                    "goto",
                    "gotol",
                    "may_goto",
                    "call",
                    "callx",
                    "exit",
                    "lock",
                    "ld_pseudo",
                    "store_release");
    private static final List<String> VALUES =
            List.of(
                    "le16",
                    "le32",
                    "le64",
                    "be16",
                    "be32",
                    "be64",
                    "bswap16",
                    "bswap32",
                    "bswap64",
                    "addr_space_cast",
                    "load_acquire",
                    "atomic_fetch_add",
                    "atomic_fetch_or",
                    "atomic_fetch_and",
                    "atomic_fetch_xor",
                    "xchg_64",
                    "xchg32_32",
                    "cmpxchg_64",
                    "cmpxchg32_32");
    private static final Map<String, Size> TYPES =
            Map.of("u8", Size.B, "u16", Size.H, "u32", Size.W, "u64", Size.DW);
    private static final Map<String, Size> SIGNED_TYPES =
            Map.of("s8", Size.B, "s16", Size.H, "s32", Size.W);

    private final Line line;

    InsnParser(Line line) {
        this.line = line;
    }

    /// A register as written: `r3` or `w3`.
    private record Register(Width width, int number, Token token) {}

    /// A memory operand `(type *)(base + off)`.
    private record Memory(Size size, boolean signed, int base, short off, Token type) {}

    /// Whether a word has a meaning of its own, so that it cannot stand for a symbol.
    static boolean isReserved(String word) {
        return STATEMENTS.contains(word)
                || VALUES.contains(word)
                || register(new Token(Token.Kind.WORD, word, 0, 0, false)) != null;
    }

    Parsed parse() throws AssemblyException {
        Token first = line.peek();
        if (register(first) != null) {
            return assignment(line.take());
        }
        if (line.accept("*")) {
            return store();
        }
        Token word = line.word("an instruction");
        return switch (word.text()) {
            case "exit" -> Parsed.of(new Insn.Exit());
            case "goto" -> jump(false);
            case "gotol" -> jump(true);
            case "may_goto" -> mayGoto();
            case "if" -> jumpIf();
            case "call" -> call();
            case "callx" -> Parsed.of(new Insn.CallReg(wideRegister().number));
            case "lock" -> lock();
            case "ld_pseudo" -> loadPseudo();
            case "store_release" -> storeRelease();
            default ->
                    throw line.error(
                            word,
                            "unknown instruction '"
                                    + word.text()
                                    + "'"
                                    + Nearest.suggestion(word.text(), STATEMENTS));
        };
    }

    private Parsed assignment(Token word) throws AssemblyException {
        Register dst = expectRegister(word);
        Token operator = line.peek();
        if (line.accept("=")) {
            return move(dst);
        }
        AluOp op = null;
        for (AluOp candidate : AluOp.values()) {
            if (operator.is(candidate.symbol())) {
                op = candidate;
            }
        }
        if (op == null) {
            throw line.error(
                    operator,
                    "expected an operator such as = or +=, found " + Line.describe(operator));
        }
        line.take();
        return Parsed.of(new Insn.Alu(dst.width, op, dst.number, operand(dst.width)));
    }

    /// What follows `dst =`.
    private Parsed move(Register dst) throws AssemblyException {
        Token next = line.peek();
        if (next.is("-") && register(line.peek(1)) != null) {
            line.take();
            same(dst, sameWidth(dst));
            return Parsed.of(new Insn.Neg(dst.width, dst.number));
        }
        if (next.is("*")) {
            line.take();
            return load(dst);
        }
        if (next.is("(") && SIGNED_TYPES.containsKey(line.peek(1).text())) {
            return signExtend(dst);
        }
        if (register(next) != null) {
            Register src = sameWidth(dst);
            return Parsed.of(
                    new Insn.Alu(dst.width, AluOp.MOV, dst.number, new Operand.Reg(src.number)));
        }
        if (line.atNumber()) {
            return moveNumber(dst);
        }
        if (next.kind() == Token.Kind.WORD && VALUES.contains(next.text())) {
            return value(dst, line.take());
        }
        return address(dst);
    }

    private Parsed moveNumber(Register dst) throws AssemblyException {
        Token start = line.peek();
        long value = line.number();
        if (line.accept("ll")) {
            whole(dst);
            return Parsed.of(
                    new Insn.LoadImm64(
                            dst.number, WideKind.CONST, (int) value, (int) (value >> 32)));
        }
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw line.error(
                    start,
                    value + " does not fit into the 32 bits of an immediate; add 'll' for 64 bits");
        }
        return Parsed.of(
                new Insn.Alu(dst.width, AluOp.MOV, dst.number, new Operand.Imm((int) value)));
    }

    /// `dst = symbol ll`, `dst = symbol + 8 ll`, `dst = map[0] + 8 ll`.
    private Parsed address(Register dst) throws AssemblyException {
        Token symbol = line.name("a register, a number, a memory operand or a symbol");
        boolean indexed = line.accept("[");
        if (indexed) {
            line.number(0, 0, "the index of a map's value");
            line.expect("]");
        }
        long addend = 0;
        if (line.peek().is("+") || line.peek().is("-")) {
            addend = line.number(Integer.MIN_VALUE, Integer.MAX_VALUE, "the byte offset");
        }
        if (!line.accept("ll")) {
            throw line.error(
                    symbol,
                    Line.describe(symbol)
                            + " is no register, number or operation"
                            + Nearest.suggestion(symbol.text(), VALUES)
                            + (line.atStatementEnd() ? "; an address ends with 'll'" : ""));
        }
        whole(dst);
        return new Parsed(
                new Insn.LoadImm64(dst.number, WideKind.CONST, 0, 0),
                new Parsed.Reference(symbol, indexed, addend));
    }

    private Parsed signExtend(Register dst) throws AssemblyException {
        line.take();
        Token type = line.take();
        line.expect(")");
        Register src = sameWidth(dst);
        Size size = size(SIGNED_TYPES, type);
        if (size == Size.W && dst.width == Width.W32) {
            throw line.error(type, "a move to 32 bits extends from s8 or s16");
        }
        return Parsed.of(new Insn.MovSx(dst.width, size.bits(), dst.number, src.number));
    }

    private Parsed load(Register dst) throws AssemblyException {
        line.expect("(");
        Token type = line.word("a type such as u32");
        boolean signed = SIGNED_TYPES.containsKey(type.text());
        Size size = size(signed ? SIGNED_TYPES : TYPES, type);
        line.expect("*");
        line.expect(")");
        if (line.accept("skb")) {
            return packetLoad(dst, size, signed, type);
        }
        Memory memory = place(size, signed, type);
        if (dst.width == Width.W32 && (signed || size == Size.DW)) {
            throw line.error(
                    dst.token,
                    "a load of " + type.text() + " fills all 64 bits: use r" + dst.number);
        }
        return Parsed.of(new Insn.Load(size, signed, dst.number, memory.base, memory.off));
    }

    /// `r0 = *(u32 *)skb[4]`, `r0 = *(u32 *)skb[r1 + 4]`.
    private Parsed packetLoad(Register dst, Size size, boolean signed, Token type)
            throws AssemblyException {
        if (dst.number != 0 || dst.width != Width.W64) {
            throw line.error(dst.token, "a packet load fills r0");
        }
        if (signed || size == Size.DW) {
            throw line.error(type, "a packet load is of u8, u16 or u32");
        }
        line.expect("[");
        Insn insn;
        if (register(line.peek()) != null) {
            int src = wideRegister().number;
            insn = new Insn.LoadInd(size, src, line.peek().is("]") ? 0 : line.immediate());
        } else {
            insn = new Insn.LoadAbs(size, line.immediate());
        }
        line.expect("]");
        return Parsed.of(insn);
    }

    private Parsed store() throws AssemblyException {
        Memory memory = memory();
        line.expect("=");
        if (register(line.peek()) != null) {
            return Parsed.of(
                    new Insn.Store(
                            memory.size,
                            memory.base,
                            memory.off,
                            new Operand.Reg(data(memory.size).number)));
        }
        return Parsed.of(
                new Insn.Store(
                        memory.size, memory.base, memory.off, new Operand.Imm(line.immediate())));
    }

    private Parsed lock() throws AssemblyException {
        line.expect("*");
        Memory memory = memory();
        atLeast32(memory);
        Token operator = line.take();
        AtomicOp op =
                switch (operator.text()) {
                    case "+=" -> AtomicOp.ADD;
                    case "|=" -> AtomicOp.OR;
                    case "&=" -> AtomicOp.AND;
                    case "^=" -> AtomicOp.XOR;
                    default ->
                            throw line.error(
                                    operator,
                                    "expected += |= &= or ^=, found " + Line.describe(operator));
                };
        return Parsed.of(
                new Insn.Atomic(
                        memory.size, op, false, memory.base, memory.off, data(memory.size).number));
    }

    private Parsed storeRelease() throws AssemblyException {
        line.expect("(");
        Memory memory = memory();
        line.expect(",");
        int src = data(memory.size).number;
        line.expect(")");
        return Parsed.of(new Insn.StoreRelease(memory.size, memory.base, memory.off, src));
    }

    /// What follows `dst = name` where the name is an operation.
    private Parsed value(Register dst, Token name) throws AssemblyException {
        String text = name.text();
        if (text.startsWith("le") || text.startsWith("be") || text.startsWith("bswap")) {
            return byteSwap(dst, text);
        }
        line.expect("(");
        Insn insn =
                switch (text) {
                    case "addr_space_cast" -> addressSpaceCast(dst);
                    case "load_acquire" -> loadAcquire(dst);
                    case "xchg_64" -> exchange(dst, Size.DW);
                    case "xchg32_32" -> exchange(dst, Size.W);
                    case "cmpxchg_64" -> compareExchange(dst, Size.DW);
                    case "cmpxchg32_32" -> compareExchange(dst, Size.W);
                    default -> fetch(dst, text.substring("atomic_fetch_".length()));
                };
        line.expect(")");
        return Parsed.of(insn);
    }

    private Parsed byteSwap(Register dst, String text) throws AssemblyException {
        whole(dst);
        same(dst, wideRegister());
        Insn.ByteSwap.Kind kind =
                switch (text.charAt(1)) {
                    case 's' -> Insn.ByteSwap.Kind.SWAP;
                    default ->
                            text.charAt(0) == 'l' ? Insn.ByteSwap.Kind.LE : Insn.ByteSwap.Kind.BE;
                };
        int bits = Integer.parseInt(text.substring(text.length() - 2));
        return Parsed.of(new Insn.ByteSwap(kind, bits, dst.number));
    }

    private Insn addressSpaceCast(Register dst) throws AssemblyException {
        whole(dst);
        int src = wideRegister().number;
        line.expect(",");
        long to = line.number(0, 0xffff, "an address space");
        line.expect(",");
        long from = line.number(0, 0xffff, "an address space");
        return new Insn.AddrSpaceCast(dst.number, src, (int) (to << 16 | from));
    }

    private Insn loadAcquire(Register dst) throws AssemblyException {
        Memory memory = memory();
        fits(dst, memory.size);
        return new Insn.LoadAcquire(memory.size, dst.number, memory.base, memory.off);
    }

    private Insn fetch(Register dst, String operation) throws AssemblyException {
        Memory memory = memory();
        atLeast32(memory);
        fits(dst, memory.size);
        line.expect(",");
        same(dst, data(memory.size));
        AtomicOp op = AtomicOp.valueOf(operation.toUpperCase(Locale.ROOT));
        return new Insn.Atomic(memory.size, op, true, memory.base, memory.off, dst.number);
    }

    private Insn exchange(Register dst, Size size) throws AssemblyException {
        fits(dst, size);
        int base = wideRegister().number;
        short off = displacement();
        line.expect(",");
        same(dst, data(size));
        return new Insn.Atomic(size, AtomicOp.XCHG, true, base, off, dst.number);
    }

    private Insn compareExchange(Register dst, Size size) throws AssemblyException {
        fits(dst, size);
        if (dst.number != 0) {
            throw line.error(dst.token, "a compare-and-exchange compares with and fills r0");
        }
        int base = wideRegister().number;
        short off = displacement();
        line.expect(",");
        same(dst, data(size));
        line.expect(",");
        return new Insn.Atomic(size, AtomicOp.CMPXCHG, true, base, off, data(size).number);
    }

    private Parsed jump(boolean wide) throws AssemblyException {
        if (line.atNumber()) {
            long offset =
                    wide
                            ? line.number(Integer.MIN_VALUE, Integer.MAX_VALUE, "the offset")
                            : offset16(" (gotol reaches further)");
            skipPlace();
            return Parsed.of(new Insn.Jump(wide, (int) offset));
        }
        return new Parsed(new Insn.Jump(wide, 0), target());
    }

    private Parsed mayGoto() throws AssemblyException {
        if (line.atNumber()) {
            short offset = offset16("");
            skipPlace();
            return Parsed.of(new Insn.MayGoto(offset));
        }
        return new Parsed(new Insn.MayGoto((short) 0), target());
    }

    private Parsed jumpIf() throws AssemblyException {
        Register dst = expectRegister(line.take());
        Token operator = line.take();
        Cond cond = null;
        for (Cond candidate : Cond.values()) {
            if (operator.is(candidate.symbol())) {
                cond = candidate;
            }
        }
        if (cond == null) {
            throw line.error(
                    operator,
                    "expected a comparison such as == or s>, found " + Line.describe(operator));
        }
        Operand src = operand(dst.width);
        line.expect("goto");
        if (line.atNumber()) {
            short offset = offset16("");
            skipPlace();
            return Parsed.of(new Insn.JumpIf(dst.width, cond, dst.number, src, offset));
        }
        return new Parsed(new Insn.JumpIf(dst.width, cond, dst.number, src, (short) 0), target());
    }

    private Parsed.Reference target() throws AssemblyException {
        return new Parsed.Reference(line.name("an offset or a label"), false, 0);
    }

    /// Skips the place in angle brackets that objdump writes behind an offset.
    private void skipPlace() {
        boolean inside = line.peek().is("<");
        while (inside && !line.atEnd()) {
            inside = !line.take().is(">");
        }
    }

    private Parsed call() throws AssemblyException {
        if (line.peek().is("pc")) {
            line.take();
            return Parsed.of(new Insn.CallLocal(line.immediate()));
        }
        if (!line.atNumber()) {
            return new Parsed(
                    new Insn.CallHelper(0),
                    new Parsed.Reference(line.name("a helper or a label"), false, 0));
        }
        int number = line.immediate();
        if (!line.peek().is("<")) {
            return Parsed.of(new Insn.CallHelper(number));
        }
        if (!line.peek(1).is("kfunc")) {
            skipPlace();
            return Parsed.of(new Insn.CallLocal(number));
        }
        line.take();
        line.take();
        short module =
                line.peek().is(">")
                        ? 0
                        : (short) line.number(Short.MIN_VALUE, Short.MAX_VALUE, "the module index");
        line.expect(">");
        return Parsed.of(new Insn.CallKfunc(number, module));
    }

    private Parsed loadPseudo() throws AssemblyException {
        int dst = wideRegister().number;
        line.expect(",");
        WideKind kind =
                WideKind.values()[
                        (int)
                                line.number(
                                        0, WideKind.values().length - 1, "the kind of wide load")];
        line.expect(",");
        Token start = line.peek();
        long value = line.number();
        int imm2 = (int) (value >> 32);
        if (!kind.hasSecondImmediate() && imm2 != 0) {
            if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
                throw line.error(start, "a load that names a map has an immediate of 32 bits");
            }
            imm2 = 0;
        }
        return Parsed.of(new Insn.LoadImm64(dst, kind, (int) value, imm2));
    }

    private Memory memory() throws AssemblyException {
        line.expect("(");
        Token type = line.word("a type such as u32");
        Size size = size(TYPES, type);
        line.expect("*");
        line.expect(")");
        return place(size, false, type);
    }

    private Memory place(Size size, boolean signed, Token type) throws AssemblyException {
        line.expect("(");
        int base = wideRegister().number;
        short off = displacement();
        line.expect(")");
        return new Memory(size, signed, base, off, type);
    }

    /// ` + off` or ` - off` behind a base register, or nothing.
    private short displacement() throws AssemblyException {
        if (!line.peek().is("+") && !line.peek().is("-")) {
            return 0;
        }
        return (short) line.number(Short.MIN_VALUE, Short.MAX_VALUE, "a memory offset");
    }

    private short offset16(String remedy) throws AssemblyException {
        return (short) line.number(Short.MIN_VALUE, Short.MAX_VALUE, "the offset" + remedy);
    }

    private Operand operand(Width width) throws AssemblyException {
        if (register(line.peek()) == null) {
            return new Operand.Imm(line.immediate());
        }
        Register register = expectRegister(line.take());
        if (register.width != width) {
            throw mixed(register);
        }
        return new Operand.Reg(register.number);
    }

    private Register sameWidth(Register dst) throws AssemblyException {
        Register src = expectRegister(line.take());
        if (src.width != dst.width) {
            throw mixed(src);
        }
        return src;
    }

    private AssemblyException mixed(Register src) {
        return line.error(
                src.token,
                "both registers must be of one width; did you mean '"
                        + (src.width == Width.W64 ? "w" : "r")
                        + src.number
                        + "'?");
    }

    /// The register that holds the data of an access: any name up to 32 bits, `r` for 64.
    private Register data(Size size) throws AssemblyException {
        Register register = expectRegister(line.take());
        fits(register, size);
        return register;
    }

    private void fits(Register register, Size size) throws AssemblyException {
        if (size == Size.DW) {
            whole(register);
        }
    }

    private void whole(Register register) throws AssemblyException {
        if (register.width != Width.W64) {
            throw line.error(
                    register.token,
                    "this needs a 64-bit register; did you mean 'r" + register.number + "'?");
        }
    }

    private void same(Register dst, Register src) throws AssemblyException {
        if (src.number != dst.number) {
            throw line.error(
                    src.token, "must be " + dst.token.text() + ", the register that is assigned");
        }
    }

    private Register wideRegister() throws AssemblyException {
        Register register = expectRegister(line.take());
        whole(register);
        return register;
    }

    private Register expectRegister(Token token) throws AssemblyException {
        Register register = register(token);
        if (register == null) {
            throw line.error(token, "expected a register, found " + Line.describe(token));
        }
        if (register.number >= Insn.REGISTERS) {
            throw line.error(token, token.text() + " does not exist: the last is r10");
        }
        return register;
    }

    /// The register that a token names; its number may be up to 99. Null for other tokens.
    private static @Nullable Register register(Token token) {
        String text = token.text();
        if (token.kind() != Token.Kind.WORD || text.length() < 2 || text.length() > 3) {
            return null;
        }
        char first = text.charAt(0);
        if (first != 'r' && first != 'w') {
            return null;
        }
        int number = 0;
        for (int i = 1; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return null;
            }
            number = number * 10 + digit - '0';
        }
        return new Register(first == 'r' ? Width.W64 : Width.W32, number, token);
    }

    private void atLeast32(Memory memory) throws AssemblyException {
        if (memory.size.bytes() < 4) {
            throw line.error(memory.type, "an atomic operation is of u32 or u64");
        }
    }

    private Size size(Map<String, Size> types, Token type) throws AssemblyException {
        Size size = types.get(type.text());
        if (size == null) {
            throw line.error(
                    type,
                    "unknown type '"
                            + type.text()
                            + "'"
                            + Nearest.suggestion(type.text(), types.keySet())
                            + " (known: u8, u16, u32, u64 and, for loads, s8, s16, s32)");
        }
        return size;
    }
}
