package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Code;
import bpf4j.jit.emit.Trace;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Memory;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.facts.Facts;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Interpreter and compiled code give the same r0, memory and faults.
class DifferentialTest {
    @Property(tries = 400)
    void arithmeticProgramsGiveTheSame(
            @ForAll long seed, @ForAll @IntRange(min = 30, max = 200) int length)
            throws VerificationException {
        compare(RandomPrograms.program(seed, length, false));
    }

    @Property(tries = 200)
    void programsThatLeaveTheirMemoryFaultAtTheSamePlace(
            @ForAll long seed, @ForAll @IntRange(min = 30, max = 200) int length)
            throws VerificationException {
        compare(RandomPrograms.program(seed, length, true));
    }

    @Property(tries = 600)
    void programsCompiledByTheirFactsGiveTheSame(
            @ForAll long seed, @ForAll @IntRange(min = 30, max = 150) int length)
            throws VerificationException {
        compareWithFacts(
                RandomPrograms.safe(seed, length), seed % 8 == 0 ? ClassCheck.TRACE : Trace.NONE);
    }

    @Test
    void programsCompiledByTheirFactsAndSplitGiveTheSame() throws VerificationException {
        for (int length : new int[] {800, 3_000, 10_000}) {
            compareWithFacts(RandomPrograms.safe(length, length), ClassCheck.TRACE);
        }
    }

    private static void compareWithFacts(Code code, Trace trace) throws VerificationException {
        ProgramSpec spec = ProgramSpec.of("random", ProgramTypes.SOCKET_FILTER, code, List.of());
        Bindings bindings = new Bindings(new AddressSpace(), List.of(), HelperTable.of(Map.of()));
        LoadedProgram compiled =
                Jit.compile(
                        spec,
                        bindings,
                        Facts.of(spec, LoadPolicy.TRUSTED),
                        false,
                        ClassCheck.TRACE);
        LoadedProgram interpreted = Interpreter.load(CheckedProgram.of(spec), bindings);
        for (int round = 0; round < 3; round++) {
            assertEquals(
                    runOnContext(interpreted, bindings, round),
                    runOnContext(compiled, bindings, round),
                    "round " + round);
        }
    }

    private static String runOnContext(LoadedProgram program, Bindings bindings, int round) {
        Execution execution = new Execution(bindings.space());
        byte[] packet = new byte[60 + 700 * round];
        Packets.prepare(execution, ProgramTypes.SOCKET_FILTER, packet);
        Memory.INTS.set(execution.context, 8, 0x8765_4321 * round);
        Memory.INTS.set(execution.context, 68, -round);
        return Long.toHexString(program.run(execution));
    }

    @Test
    void programsThatAreSplitOverManyMethodsGiveTheSame() throws VerificationException {
        for (int length : new int[] {700, 1600, 5_000, 30_000}) {
            for (long seed = 1; seed <= 3; seed++) {
                compare(RandomPrograms.program(seed, length, false));
            }
        }
    }

    private static void compare(Code code) throws VerificationException {
        ProgramSpec spec = ProgramSpec.of("random", ProgramTypes.SOCKET_FILTER, code, List.of());
        CheckedProgram program = CheckedProgram.of(spec);
        Bindings bindings = new Bindings(new AddressSpace(), List.of(), HelperTable.of(Map.of()));
        assertEquals(
                run(Interpreter.load(program, bindings), bindings),
                run(Jit.load(program, bindings), bindings));
    }

    private static String run(LoadedProgram program, Bindings bindings) {
        Execution execution = new Execution(bindings.space());
        byte[] memory = new byte[72];
        for (int i = 0; i < memory.length; i++) {
            memory[i] = (byte) (i * 37);
        }
        execution.prepareMemory(memory);
        execution.fuel = 10_000_000;
        String result;
        try {
            result = Long.toHexString(program.run(execution));
        } catch (ProgramFault fault) {
            result = fault.pc() + " " + fault.getMessage();
        }
        return result
                + " "
                + HexFormat.of().formatHex(memory)
                + " "
                + HexFormat.of()
                        .formatHex(
                                execution.stack,
                                execution.stack.length - 64,
                                execution.stack.length);
    }
}
