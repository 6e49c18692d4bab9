package bpf4j.vm;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.Trait;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Region;

/// Says what a program can do to its packet.
final class PacketUse {
    private static final int TAIL_CALL = 12;
    private static final int XDP_STORE_BYTES = 190;

    private PacketUse() {}

    /// Whether the packet's bytes or ends may change, by the program or one that it tail-calls.
    static boolean writes(VerifiedProgram program) {
        Code code = program.spec().code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            boolean writes =
                    switch (code.at(pc)) {
                        case Insn.Store _ -> mayBePacket(program, pc);
                        case Insn.CallHelper(int id) -> writes(program, id);
                        case Insn.CallKfunc _ -> true;
                        case Insn.Alu _,
                                Insn.Neg _,
                                Insn.MovSx _,
                                Insn.ByteSwap _,
                                Insn.AddrSpaceCast _,
                                Insn.LoadImm64 _,
                                Insn.Load _,
                                Insn.LoadAbs _,
                                Insn.LoadInd _,
                                Insn.LoadAcquire _,
                                Insn.Jump _,
                                Insn.JumpIf _,
                                Insn.MayGoto _,
                                Insn.CallLocal _,
                                Insn.CallReg _,
                                Insn.Exit _ ->
                                false;
                        // The verifier refuses these on packets.
                        case Insn.Atomic _, Insn.StoreRelease _ -> false;
                    };
            if (writes) {
                return true;
            }
        }
        return false;
    }

    private static boolean writes(VerifiedProgram program, int helper) {
        HelperSpec spec = program.spec().type().helper(helper);
        return helper == TAIL_CALL
                || helper == XDP_STORE_BYTES
                || spec == null
                || spec.traits().contains(Trait.CHANGES_PACKET);
    }

    private static boolean mayBePacket(VerifiedProgram program, int pc) {
        if (!program.facts().reachable(pc)) {
            return false;
        }
        Access access = program.facts().access(pc);
        return access == null || access.region() == null || access.region() == Region.PACKET;
    }
}
