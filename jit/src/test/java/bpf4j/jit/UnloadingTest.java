package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.List;
import java.util.Map;

/// The classes of a program go with it.
class UnloadingTest {
    /// A run of 100,000: `-Dbpf4j.unloads=100000`.
    private static final int ROUNDS = Integer.getInteger("bpf4j.unloads", 1500);

    @Test
    void programsThatNobodyHoldsLeaveNoClasses() throws Exception {
        cycle(200);
        settle();
        long before = metaspace();
        long unloaded = ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount();
        cycle(ROUNDS);
        settle();
        long gone = ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount() - unloaded;
        long growth = metaspace() - before;
        System.out.println(
                ROUNDS + " programs: " + gone + " classes unloaded, metaspace grew by " + growth);
        assertTrue(gone >= ROUNDS * 9L / 10, "only " + gone + " of " + ROUNDS + " unloaded");
        assertTrue(growth < 1 << 20, "metaspace grew by " + growth + " bytes");
    }

    private static void cycle(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            ProgramSpec spec =
                    ProgramSpec.of(
                            "cycle",
                            ProgramTypes.SOCKET_FILTER,
                            Assembler.code("r0 = " + round + "\nr0 += r2\nexit\n"),
                            List.of());
            AddressSpace space = new AddressSpace();
            LoadedProgram program =
                    Jit.load(
                            CheckedProgram.of(spec),
                            new Bindings(space, List.of(), HelperTable.of(Map.of())));
            Execution execution = new Execution(space);
            execution.prepareMemory(new byte[8]);
            assertEquals(round + 8, program.run(execution));
        }
    }

    private static void settle() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
        }
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
