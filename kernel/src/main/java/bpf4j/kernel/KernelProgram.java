package bpf4j.kernel;

import bpf4j.runtime.Errno;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A program inside Linux: verified and compiled by it, run on given data only, never attached.
/// Closed
/// with this object.
public final class KernelProgram implements AutoCloseable {
    private static final Pattern PROCESSED = Pattern.compile("processed (\\d+) insns");
    private static final int SMALL_LOG = 1 << 20;
    private static final int LARGE_LOG = 64 << 20;
    private static final int ENOSPC = 28;
    private static final int OUT_ROOM = 1 << 16;

    private final int fd;

    private KernelProgram(int fd) {
        this.fd = fd;
    }

    /// What Linux said of a program.
    ///
    /// @param program the program, or null when it was refused
    /// @param errno the positive error number, 0 when accepted
    /// @param log the verifier's log, empty at log level 0
    /// @param processed instructions that the verifier looked at, or -1 where the log does not say
    public record Verdict(@Nullable KernelProgram program, int errno, String log, long processed) {
        /// Whether Linux accepted the program.
        public boolean accepted() {
            return program != null;
        }
    }

    /// What a test run gave.
    ///
    /// @param errno the positive error number, 0 when the program ran
    /// @param duration nanoseconds a run on average
    /// @param data the packet afterwards
    /// @param context the context afterwards, empty where none was given
    public record Run(int errno, int retval, int duration, byte[] data, byte[] context) {}

    /// Why programs cannot be loaded here, or null when they can: another system, or a process
    /// without
    /// the privilege.
    public static @Nullable String unavailable() {
        String reason = BpfSyscall.unsupported();
        if (reason != null) {
            return reason;
        }
        byte[] returnZero = {(byte) 0xb7, 0, 0, 0, 0, 0, 0, 0, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0};
        Verdict verdict =
                load(new LoadRequest("probe", 6, 0, 0, "GPL", returnZero, null, new byte[0]), 0);
        if (verdict.program() != null) {
            verdict.program().close();
            return null;
        }
        return "bpf(2) is not permitted here (%s): run as root or with CAP_BPF and CAP_NET_ADMIN"
                .formatted(Errno.name(verdict.errno()));
    }

    /// Loads a program.
    ///
    /// @param logLevel 0 for none, 1 or 2 for the verifier's log, plus 4 for its statistics
    public static Verdict load(LoadRequest request, int logLevel) {
        Verdict verdict = load(request, logLevel, SMALL_LOG);
        return verdict.errno() == ENOSPC && logLevel != 0
                ? load(request, logLevel, LARGE_LOG)
                : verdict;
    }

    private static Verdict load(LoadRequest request, int logLevel, int logSize) {
        if (logLevel == 0) {
            return load(request, logLevel, MemorySegment.NULL);
        }
        try (Arena arena = Arena.ofConfined()) {
            return load(request, logLevel, arena.allocate(logSize));
        }
    }

    private static Verdict load(LoadRequest request, int logLevel, MemorySegment log) {
        Scratch scratch = Scratch.take();
        Attributes attributes =
                Attributes.in(scratch)
                        .u32(0, request.type())
                        .u32(4, request.insns().length / 8)
                        .bytes(8, request.insns())
                        .pointer(16, scratch.allocateFrom(request.license()))
                        .u32(24, logLevel)
                        .u32(28, (int) log.byteSize())
                        .pointer(32, log)
                        .u32(44, request.flags())
                        .name(48, request.name())
                        .u32(68, request.attachType());
        KernelBtf btf = request.btf();
        if (btf != null) {
            attributes
                    .u32(72, btf.fd())
                    .u32(76, 8)
                    .bytes(80, request.functions())
                    .u32(88, request.functions().length / 8);
        }
        long result = attributes.run(BpfSyscall.PROG_LOAD);
        String text = logLevel == 0 ? "" : log.getString(0, StandardCharsets.ISO_8859_1);
        long count = processed(text);
        return result < 0
                ? new Verdict(null, (int) -result, text, count)
                : new Verdict(new KernelProgram((int) result), 0, text, count);
    }

    private static long processed(String log) {
        long count = -1;
        if (!log.isEmpty()) {
            Matcher processed = PROCESSED.matcher(log);
            while (processed.find()) {
                count = Long.parseLong(processed.group(1));
            }
        }
        return count;
    }

    int fd() {
        return fd;
    }

    /// Runs the program on a packet and a context (`BPF_PROG_TEST_RUN`).
    ///
    /// @param data the frame, at least 14 bytes for packet programs, or empty for types without a
    /// packet
    /// @param context the context struct, or empty for Linux's default
    /// @param repeat how often to run it, for a better duration
    /// @return no data and no context where it did not run
    public Run run(byte[] data, byte[] context, int repeat) {
        Scratch scratch = Scratch.take();
        Attributes attributes =
                Attributes.in(scratch)
                        .u32(0, fd)
                        .u32(32, repeat)
                        .u32(8, data.length)
                        .bytes(16, data);
        MemorySegment out = scratch.allocate(OUT_ROOM);
        MemorySegment contextOut = scratch.allocate(Math.max(context.length, 1));
        if (data.length > 0) {
            attributes.u32(12, OUT_ROOM).pointer(24, out);
        }
        if (context.length > 0) {
            attributes
                    .u32(40, context.length)
                    .u32(44, context.length)
                    .bytes(48, context)
                    .pointer(56, contextOut);
        }
        long result = attributes.run(BpfSyscall.PROG_TEST_RUN);
        if (result < 0) {
            return new Run((int) -result, 0, 0, new byte[0], new byte[0]);
        }
        int length = Math.min(attributes.u32(12), OUT_ROOM);
        return new Run(
                0,
                attributes.u32(4),
                attributes.u32(36),
                out.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                contextOut.asSlice(0, context.length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() {
        BpfSyscall.get().close(fd);
    }
}
