package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Verifier;

import org.junit.jupiter.api.Test;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/// A program as a constant of the application.
class EntryTest {
    private static final AddressSpace SPACE = new AddressSpace();
    private static final LoadedProgram PROGRAM = load();
    private static final MethodHandle FILTER = Jit.entry(PROGRAM);

    private static LoadedProgram load() {
        try {
            ProgramSpec spec =
                    Assembler.assemble(
                            """
                            .program xdp
                            r2 = *(u32 *)(r1 + 0)
                            r3 = *(u32 *)(r1 + 4)
                            r0 = 2
                            r4 = r2
                            r4 += 14
                            if r4 > r3 goto out
                            r5 = *(u8 *)(r2 + 13)
                            if r5 != 6 goto out
                            r0 = 1
                            out:
                            exit
                            """,
                            "filter");
            Bindings bindings = new Bindings(SPACE, List.of(), HelperTable.of(Map.of()));
            return Jit.load(Verifier.verify(spec, LoadPolicy.TRUSTED), bindings);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theHandleGivesTheSameAsTheProgram() throws Throwable {
        Execution execution = new Execution(SPACE);
        byte[] packet = new byte[60];
        for (int round = 0; round < 20_000; round++) {
            packet[13] = (byte) (round % 10);
            Packets.prepareXdp(execution, packet, 0, packet.length);
            long byHandle = (long) FILTER.invokeExact(execution);
            Packets.prepareXdp(execution, packet, 0, packet.length);
            assertEquals(PROGRAM.run(execution), byHandle);
            assertEquals(round % 10 == 6 ? 1 : 2, byHandle);
        }
    }
}
