package bpf4j.perf.interpreter;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Nanoseconds that the interpreter takes for one run of a program.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class InterpreterBenchmark {
    /// The programs.
    public enum Program {
        /// Counts the primes below 1000 by division: 44,305 instructions.
        PRIMES(
                """
                        .program xdp
                        r0 = 0
                        r1 = 2
                outer:  r2 = 2
                inner:  r3 = r2
                        r3 *= r2
                        if r3 > r1 goto isprime
                        r3 = r1
                        r3 %= r2
                        if r3 == 0 goto next
                        r2 += 1
                        goto inner
                isprime: r0 += 1
                next:   r1 += 1
                        if r1 < 1000 goto outer
                        exit
                """),
        /// Adds up the 16-bit words of 1500 bytes: 2,438 instructions.
        CHECKSUM(
                """
                        .program xdp
                        r2 = *(u32 *)(r1 + 0)
                        r3 = *(u32 *)(r1 + 4)
                        r0 = 0
                loop:   r4 = r2
                        r4 += 8
                        if r4 > r3 goto done
                        r5 = *(u16 *)(r2 + 0)
                        r0 += r5
                        r5 = *(u16 *)(r2 + 2)
                        r0 += r5
                        r5 = *(u16 *)(r2 + 4)
                        r0 += r5
                        r5 = *(u16 *)(r2 + 6)
                        r0 += r5
                        r2 = r4
                        goto loop
                done:   exit
                """),
        /// Stores to the stack and loads again, 1000 times: 8,003 instructions.
        STACK(
                """
                        .program xdp
                        r0 = 0
                        r1 = 0
                loop:   *(u64 *)(r10 - 8) = r1
                        *(u32 *)(r10 - 16) = r0
                        r2 = *(u64 *)(r10 - 8)
                        w3 = *(u32 *)(r10 - 16)
                        r0 = r2
                        r0 ^= r3
                        r1 += 1
                        if r1 < 1000 goto loop
                        exit
                """),
        /// Compares protocol and ports of one packet: 19 instructions.
        FILTER(
                """
                        .program xdp
                        r2 = *(u32 *)(r1 + 4)
                        r1 = *(u32 *)(r1 + 0)
                        r0 = 2
                        r3 = r1
                        r3 += 54
                        if r3 > r2 goto out
                        r3 = *(u16 *)(r1 + 12)
                        if r3 != 8 goto out
                        r3 = *(u8 *)(r1 + 23)
                        if r3 != 6 goto out
                        r3 = *(u8 *)(r1 + 14)
                        r3 &= 15
                        r3 <<= 2
                        if r3 != 20 goto out
                        r3 = *(u16 *)(r1 + 36)
                        r3 = be16 r3
                        if r3 == 80 goto drop
                        if r3 == 443 goto out
                        goto out
                drop:   r0 = 1
                out:    exit
                """),
        /// Looks up 100 keys in a hash map and counts: 1,103 instructions.
        MAP(
                """
                        .program xdp
                        .map    counts, hash, key=8, value=8, entries=1024
                        r6 = 100
                loop:   r6 -= 1
                        *(u64 *)(r10 - 8) = r6
                        r2 = r10
                        r2 += -8
                        r1 = counts ll
                        call    bpf_map_lookup_elem
                        if r0 == 0 goto add
                        r1 = 1
                        lock *(u64 *)(r0 + 0) += r1
                        goto more
                add:    *(u64 *)(r10 - 16) = 1
                        r2 = r10
                        r2 += -8
                        r3 = r10
                        r3 += -16
                        r1 = counts ll
                        r4 = 0
                        call    bpf_map_update_elem
                more:   if r6 != 0 goto loop
                        r0 = 0
                        exit
                """);

        private final String text;

        Program(String text) {
            this.text = text;
        }
    }

    @Param public Program program = Program.PRIMES;

    private final AddressSpace space = new AddressSpace(1, AddressSpace.DEFAULT_MEMORY);
    private final Execution execution = new Execution(space);
    private LoadedProgram loaded = x -> 0;

    @Setup
    public void load() throws LoadException, VerificationException {
        ProgramSpec spec = Assembler.assemble(program.text, program.name());
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        loaded =
                Interpreter.load(
                        CheckedProgram.of(spec), new Bindings(space, maps, LinuxHelpers.table()));
        byte[] packet = new byte[1500];
        for (int i = 0; i < packet.length; i++) {
            packet[i] = (byte) (i * 7);
        }
        // IPv4 without options, TCP to port 80.
        packet[12] = 8;
        packet[13] = 0;
        packet[14] = 0x45;
        packet[23] = 6;
        packet[36] = 0;
        packet[37] = 80;
        Packets.prepare(execution, ProgramTypes.XDP, packet);
    }

    @Benchmark
    public long run() {
        execution.fuel = Long.MAX_VALUE;
        return loaded.run(execution);
    }
}
