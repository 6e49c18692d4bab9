package bpf4j.perf.isa;

import bpf4j.isa.Assembler;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Disassembler;
import bpf4j.isa.Syntax;
import bpf4j.spec.LoadException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Instructions read and written a second, in millions (operations a microsecond). The program has
/// [#COUNT] instructions: a packet filter's mixture of loads, arithmetic, branches, stores, wide
/// loads and calls, repeated.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {
    private static final String MIXTURE =
            """
            r6 = *(u32 *)(r1 + 4)
            r7 = *(u32 *)(r1 + 0)
            r9 = r7
            r9 += 14
            if r9 > r6 goto +2
            w1 = *(u16 *)(r7 + 12)
            r1 = be16 r1
            if w1 != 0x800 goto -4
            w2 = w1
            w2 <<= 8
            w2 |= w1
            *(u64 *)(r10 - 8) = r2
            r1 = 0x1234567890 ll
            r2 = r10
            call 1
            *(u32 *)(r0 + 4) = 7
            """;

    /// Instructions in the program.
    public static final int COUNT = 16 * 256;

    private final Code code;
    private final byte[] bytes;
    private final String text;

    public CodecBenchmark() {
        try {
            code = Assembler.code(MIXTURE.repeat(COUNT / 16));
        } catch (LoadException e) {
            throw new AssertionError(e);
        }
        bytes = Codec.encode(code, ByteOrder.LITTLE_ENDIAN);
        text = Disassembler.listing(code, List.of(), Syntax.GENERIC);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public Code decode() throws LoadException {
        return Codec.decode(bytes, ByteOrder.LITTLE_ENDIAN);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public byte[] encode() {
        return Codec.encode(code, ByteOrder.LITTLE_ENDIAN);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public String disassemble() {
        return Disassembler.listing(code, List.of(), Syntax.GENERIC);
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public Code assemble() throws LoadException {
        return Assembler.code(text);
    }
}
