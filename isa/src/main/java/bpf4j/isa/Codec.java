package bpf4j.isa;

import java.nio.ByteOrder;

/// The wire form of instructions (RFC 9669 section 3), in both byte orders, exact both ways.
public final class Codec {
    private Codec() {}

    /// The instructions that the bytes hold, 8 bytes a slot. Jumps may lead anywhere: see
    /// [#checkJumps].
    ///
    /// @throws DecodeException naming the slot, what is wrong, and the bytes, when a slot is no
    ///     instruction: unknown opcode, a field in use that is reserved, a register above r10, half
    ///     a wide load
    public static Code decode(byte[] bytes, ByteOrder order) throws DecodeException {
        return new Decoder(bytes, order == ByteOrder.BIG_ENDIAN, false).decode();
    }

    /// The instructions of a whole program. As [#decode], but where a slot is no instruction and
    /// the subprograms and jumps are wrong, too, they are named, as Linux does.
    public static Code decodeProgram(byte[] bytes, ByteOrder order) throws DecodeException {
        try {
            return decode(bytes, order);
        } catch (DecodeException e) {
            DecodeException first = new Skeleton(bytes, order == ByteOrder.BIG_ENDIAN).defect();
            throw first == null ? e : first;
        }
    }

    /// The instructions of a program that is not to be verified. As [#decode], but a 32-bit move
    /// may carry the mark (immediate 1) that Linux's verifier puts on moves it inserts to clear the
    /// upper half; programs written for Linux's engines alone have it. It is not kept.
    public static Code decodeUnverified(byte[] bytes, ByteOrder order) throws DecodeException {
        return new Decoder(bytes, order == ByteOrder.BIG_ENDIAN, true).decode();
    }

    /// The bytes of a program, 8 a slot.
    public static byte[] encode(Code code, ByteOrder order) {
        return Encoder.encode(code, order == ByteOrder.BIG_ENDIAN);
    }

    /// Checks that every jump, local call and load of a subprogram's address leads to a slot where
    /// an instruction begins.
    ///
    /// @throws DecodeException with Linux's text for the first that does not
    public static void checkJumps(Code code) throws DecodeException {
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Insn insn = code.at(pc);
            if (!hasTarget(insn)) {
                continue;
            }
            long target = target(insn, pc);
            if (target < 0 || target >= code.size()) {
                throw new DecodeException(
                        pc,
                        "jump out of range from insn " + pc + " to " + target,
                        "insn "
                                + pc
                                + ": jump out of range from insn "
                                + pc
                                + " to "
                                + target
                                + ": the program has "
                                + code.size()
                                + " slots");
            }
            if (code.isSecondSlot((int) target)) {
                throw new DecodeException(
                        pc,
                        "jump into the middle of ldimm64 insn " + (target - 1),
                        "insn "
                                + pc
                                + ": jump into the middle of ldimm64 insn "
                                + (target - 1)
                                + ": slot "
                                + target
                                + " is the second of a wide load");
            }
        }
    }

    private static boolean hasTarget(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto
                || insn instanceof Insn.CallLocal
                || insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC;
    }

    /// The slot that an instruction at `pc` may jump to, call or take the address of; the slot
    /// after it for instructions that do none of these. May lie outside the program.
    public static long target(Insn insn, int pc) {
        long next = pc + 1L;
        return switch (insn) {
            case Insn.Jump jump -> next + jump.offset();
            case Insn.JumpIf jump -> next + jump.offset();
            case Insn.MayGoto jump -> next + jump.offset();
            case Insn.CallLocal call -> next + call.offset();
            case Insn.LoadImm64 load -> load.kind() == WideKind.FUNC ? next + load.imm() : next + 1;
            case Insn.Alu _,
                    Insn.Neg _,
                    Insn.MovSx _,
                    Insn.ByteSwap _,
                    Insn.AddrSpaceCast _,
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
                    next;
        };
    }
}
