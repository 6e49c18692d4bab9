package bpf4j.interpreter;

import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.runtime.Address;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.ProgramSpec;

import java.util.ArrayList;
import java.util.List;

/// Packs a program: one `long` a slot, of operation number (bits 0 to 7, see [Op]), destination (8
/// to 11), source (12 to 15), offset (16 to 31) and immediate (32 to 63). The second slot of a wide
/// load is the constant itself. One more slot follows, which stops a program that runs off its end.
final class Translator {
    private static final int TAIL_CALL = 12;

    private final ProgramSpec spec;
    private final Bindings bindings;
    private final List<HelperFunction> functions = new ArrayList<>();

    Translator(ProgramSpec spec, Bindings bindings) {
        this.spec = spec;
        this.bindings = bindings;
    }

    /// The functions that packed calls name by index, once [#translate] is done.
    HelperFunction[] functions() {
        return functions.toArray(HelperFunction[]::new);
    }

    long[] translate() {
        Code code = spec.code();
        long[] packed = new long[code.size() + 1];
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Insn insn = code.at(pc);
            packed[pc] = pack(insn);
            if (insn instanceof Insn.LoadImm64 load) {
                packed[pc + 1] = constant(load, pc);
            }
        }
        packed[code.size()] = insn(Op.END, 0, 0, 0, 0);
        return packed;
    }

    private static long insn(int op, int dst, int src, int off, int imm) {
        return op | (long) dst << 8 | (long) src << 12 | (off & 0xFFFFL) << 16 | (long) imm << 32;
    }

    private static int variant(Width width, Operand src) {
        return (width == Width.W64 ? 2 : 0) + (src instanceof Operand.Imm ? 1 : 0);
    }

    private static long operand(int op, int dst, int off, Operand src) {
        return switch (src) {
            case Operand.Reg reg -> insn(op, dst, reg.number(), off, 0);
            case Operand.Imm imm -> insn(op, dst, 0, off, imm.value());
        };
    }

    private long pack(Insn insn) {
        return switch (insn) {
            case Insn.Alu alu ->
                    operand(
                            Op.ALU + alu.op().ordinal() * 4 + variant(alu.width(), alu.src()),
                            alu.dst(),
                            0,
                            alu.src());
            case Insn.Neg neg ->
                    insn(neg.width() == Width.W64 ? Op.NEG64 : Op.NEG32, neg.dst(), 0, 0, 0);
            case Insn.MovSx mov -> insn(movsx(mov), mov.dst(), mov.src(), 0, 0);
            case Insn.ByteSwap swap -> insn(swap(swap), swap.dst(), 0, 0, 0);
            case Insn.AddrSpaceCast cast -> insn(Op.MOV64_REG, cast.dst(), cast.src(), 0, 0);
            case Insn.LoadImm64 load -> insn(Op.LOAD_IMM, load.dst(), 0, 0, 0);
            case Insn.Load load ->
                    insn(
                            (load.signed() ? Op.LOAD_SB : Op.LOAD_B) + load.size().ordinal(),
                            load.dst(),
                            load.src(),
                            load.off(),
                            0);
            case Insn.Store store ->
                    operand(
                            (store.src() instanceof Operand.Imm ? Op.STORE_IMM_B : Op.STORE_B)
                                    + store.size().ordinal(),
                            store.dst(),
                            store.off(),
                            store.src());
            case Insn.LoadAbs load ->
                    insn(Op.PACKET_LOAD, 0, Op.NO_REGISTER, load.size().bytes(), load.imm());
            case Insn.LoadInd load ->
                    insn(Op.PACKET_LOAD, 0, load.src(), load.size().bytes(), load.imm());
            case Insn.Atomic atomic ->
                    insn(
                            Op.ATOMIC,
                            atomic.dst(),
                            atomic.src(),
                            atomic.off(),
                            atomic(atomic.op(), atomic.size(), atomic.fetch()));
            case Insn.LoadAcquire load ->
                    insn(Op.ACQUIRE, load.dst(), load.src(), load.off(), load.size().bytes());
            case Insn.StoreRelease store ->
                    insn(Op.RELEASE, store.dst(), store.src(), store.off(), store.size().bytes());
            case Insn.Jump jump -> insn(Op.JUMP, 0, 0, 0, jump.offset());
            case Insn.JumpIf jump ->
                    operand(
                            Op.JUMP_IF
                                    + jump.cond().ordinal() * 4
                                    + variant(jump.width(), jump.src()),
                            jump.dst(),
                            jump.offset(),
                            jump.src());
            case Insn.MayGoto jump -> insn(Op.MAY_GOTO, 0, 0, jump.offset(), 0);
            case Insn.CallHelper call ->
                    insn(
                            call.id() == TAIL_CALL ? Op.TAIL_CALL : Op.CALL_HELPER,
                            0,
                            0,
                            0,
                            function(helper(call.id())));
            case Insn.CallLocal call -> insn(Op.CALL_LOCAL, 0, 0, 0, call.offset());
            case Insn.CallKfunc call -> insn(Op.CALL_HELPER, 0, 0, 0, function(kfunc(call.id())));
            case Insn.CallReg call -> insn(Op.CALL_REG, call.reg(), 0, 0, 0);
            case Insn.Exit _ -> insn(Op.EXIT, 0, 0, 0, 0);
        };
    }

    private static int movsx(Insn.MovSx mov) {
        boolean narrow = mov.width() == Width.W32;
        return switch (mov.bits()) {
            case 8 -> narrow ? Op.MOVSX8_32 : Op.MOVSX8_64;
            case 16 -> narrow ? Op.MOVSX16_32 : Op.MOVSX16_64;
            default -> narrow ? Op.MOV32_REG : Op.MOVSX32_64;
        };
    }

    /// Programs run as on a little-endian machine.
    private static int swap(Insn.ByteSwap swap) {
        boolean keep = swap.kind() == Insn.ByteSwap.Kind.LE;
        return switch (swap.bits()) {
            case 16 -> keep ? Op.ZEXT16 : Op.SWAP16;
            case 32 -> keep ? Op.ZEXT32 : Op.SWAP32;
            default -> keep ? Op.NOP : Op.SWAP64;
        };
    }

    /// Operation number in bits 4 and up, fetch in bit 0, 8 bytes in bit 1.
    private static int atomic(AtomicOp op, Size size, boolean fetch) {
        return op.ordinal() << 4 | (fetch ? 1 : 0) | (size == Size.DW ? 2 : 0);
    }

    private int function(HelperFunction function) {
        functions.add(function);
        return functions.size() - 1;
    }

    private HelperFunction helper(int id) {
        HelperFunction found = bindings.helpers().find(id);
        return found != null ? found : missing("helper " + id + " does not exist here");
    }

    private HelperFunction kfunc(int id) {
        List<String> externs = spec.externs();
        if (id < 0 || id >= externs.size()) {
            return missing("kernel function " + id + " has no name");
        }
        HelperFunction found = bindings.helpers().findKfunc(externs.get(id));
        return found != null
                ? found
                : missing("kernel function " + externs.get(id) + " does not exist here");
    }

    private static HelperFunction missing(String message) {
        return (execution, r1, r2, r3, r4, r5) -> {
            throw new ProgramFault(message);
        };
    }

    private long constant(Insn.LoadImm64 load, int pc) {
        return switch (load.kind()) {
            case CONST -> load.value();
            case MAP, MAP_IDX -> map(load.imm(), pc).handle();
            case MAP_VALUE, MAP_IDX_VALUE -> map(load.imm(), pc).valueAddress(load.imm2());
            case FUNC -> Address.of(Address.CODE, pc + 1 + load.imm());
            // A kernel variable does not exist here: null, as for a weak one.
            case BTF_ID -> 0;
        };
    }

    private BpfMap map(int index, int pc) {
        List<BpfMap> maps = bindings.maps();
        if (index < 0 || index >= maps.size()) {
            throw new IllegalArgumentException(
                    "insn " + pc + ": map " + index + " of " + maps.size() + " is not bound");
        }
        return maps.get(index);
    }
}
