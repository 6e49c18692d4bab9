package bpf4j.cli;

import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadException;
import bpf4j.vm.BpfProgram;
import bpf4j.vm.Runner;
import bpf4j.vm.capture.CaptureReader;
import bpf4j.vm.capture.CaptureWriter;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;

/// Runs a program over a capture, chunk by chunk. A capture that fits in memory is read once, a
/// larger
/// one again for each repetition.
final class PacketRun {
    private static final long CHUNK_BYTES = 64L << 20;

    private final BpfProgram program;
    private final Runner runner;
    private final @Nullable CaptureWriter writer;
    private final RunTotals totals;
    private int[] verdicts = new int[0];
    private long packetsBefore;

    PacketRun(BpfProgram program, @Nullable CaptureWriter writer) {
        this.program = program;
        this.runner = program.runner();
        this.writer = writer;
        this.totals = new RunTotals(program.verdicts());
    }

    RunTotals over(CaptureReader first, Path file, long fileBytes, int repeat, Progress progress)
            throws LoadException, IOException {
        try (progress) {
            PacketChunk chunk = new PacketChunk(CHUNK_BYTES);
            boolean whole = false;
            for (int round = 0; round < repeat; round++) {
                if (whole) {
                    run(chunk, false);
                    progress.at(round + 1L, repeat);
                    continue;
                }
                CaptureReader reader = round == 0 ? first : CaptureReader.open(file);
                try {
                    int chunks = 0;
                    boolean more = chunk.fill(reader);
                    while (more) {
                        run(chunk, round == 0);
                        chunks++;
                        progress.at(round * fileBytes + reader.fileBytes(), repeat * fileBytes);
                        whole = chunks == 1 && chunk.size() < CHUNK_BYTES;
                        more = !whole && chunk.fill(reader);
                    }
                } finally {
                    if (reader != first) {
                        reader.close();
                    }
                }
            }
        }
        return totals;
    }

    private void run(PacketChunk chunk, boolean write) throws LoadException {
        if (verdicts.length < chunk.count()) {
            verdicts = new int[chunk.count()];
        }
        byte[] bytes = chunk.bytes();
        if (write && writer != null) {
            for (int i = 0; i < chunk.count(); i++) {
                long start = System.nanoTime();
                int verdict = one(bytes, chunk, i);
                totals.addTime(System.nanoTime() - start);
                verdicts[i] = verdict;
                if (program.verdicts().passes(verdict)) {
                    runner.write(writer, chunk.header(i), verdict);
                }
            }
        } else {
            long start = System.nanoTime();
            for (int i = 0; i < chunk.count(); i++) {
                verdicts[i] = one(bytes, chunk, i);
            }
            totals.addTime(System.nanoTime() - start);
        }
        for (int i = 0; i < chunk.count(); i++) {
            totals.add(verdicts[i], chunk.length(i));
        }
        packetsBefore += chunk.count();
    }

    private int one(byte[] bytes, PacketChunk chunk, int i) {
        try {
            return (int) runner.runOnCopy(bytes, chunk.start(i), chunk.length(i));
        } catch (ProgramFault e) {
            throw new ProgramFault(
                    "packet %d: %s".formatted(packetsBefore + i + 1, e.getMessage()), e.pc());
        }
    }
}
