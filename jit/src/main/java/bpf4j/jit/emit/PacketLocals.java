package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.Region;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

/// The packet's memory in local variables of a method that nothing moves it in: HotSpot then knows
/// that all accesses are to the same array or segment, whatever is called between them.
final class PacketLocals {
    private PacketLocals() {}

    /// Fills them at the start of a method, if it accesses the packet and calls nothing that could
    /// move it.
    static void fill(MethodContext context, Analysis analysis) {
        if (!areGood(analysis, context.layout().spec())) {
            return;
        }
        Locals locals = context.locals();
        Writer writer = context.writer();
        context.pushExecution();
        writer.getField(Names.EXECUTION, "packetBase", "I");
        writer.storeInt(locals.holdPacketBase());
        context.pushExecution();
        if (context.layout().nativePackets()) {
            writer.getField(Names.EXECUTION, "nativePacket", Names.of(Names.SEGMENT));
            writer.callStatic(
                    Names.ACCESS,
                    "nativeMemory",
                    "(Ljava/lang/foreign/MemorySegment;)Ljava/lang/foreign/MemorySegment;");
        } else {
            writer.getField(Names.EXECUTION, "packet", "[B");
        }
        writer.storeReference(locals.holdPacket());
    }

    private static boolean areGood(Analysis analysis, ProgramSpec spec) {
        boolean used = false;
        for (int i = 0; i < analysis.body().size(); i++) {
            int pc = analysis.body().pcs()[i];
            switch (analysis.body().insns()[i]) {
                case Insn.Load _, Insn.Store _ ->
                        used |= analysis.knowledge().region(pc) == Region.Single.PACKET;
                case Insn.CallHelper call -> {
                    if (mayMove(spec.type().helper(call.id()))) {
                        return false;
                    }
                }
                case Insn.CallLocal _, Insn.CallReg _, Insn.CallKfunc _ -> {
                    return false;
                }
                default -> {}
            }
        }
        return used;
    }

    /// Whether a helper, or a callback that it runs, may move the packet.
    private static boolean mayMove(@Nullable HelperSpec helper) {
        return helper == null
                || helper.is(HelperSpec.Trait.CHANGES_PACKET)
                || helper.args().stream().anyMatch(arg -> arg.kind() == HelperSpec.ArgKind.FUNC);
    }
}
