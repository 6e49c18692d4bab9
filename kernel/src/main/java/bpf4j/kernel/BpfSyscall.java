package bpf4j.kernel;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/// The system calls `bpf(2)` and `close(2)`. Only commands that load, run on given data and look
/// are
/// here: nothing can be attached through this class.
final class BpfSyscall {
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP_ELEM = 1;
    static final int MAP_UPDATE_ELEM = 2;
    static final int MAP_DELETE_ELEM = 3;
    static final int MAP_GET_NEXT_KEY = 4;
    static final int PROG_LOAD = 5;
    static final int PROG_TEST_RUN = 10;
    static final int BTF_LOAD = 18;
    static final int MAP_FREEZE = 22;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final int X86_64 = 321;
    private static final int AARCH64 = 280;

    /// What a call leaves besides its result, for each thread.
    private static final ThreadLocal<MemorySegment> OUTCOME =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private final long number;
    private final MethodHandle syscall;
    private final MethodHandle close;

    private static @Nullable BpfSyscall instance;

    private BpfSyscall(long number) {
        this.number = number;
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState("errno");
        syscall =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("syscall"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG),
                        errno,
                        Linker.Option.firstVariadicArg(1));
        close =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("close"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                        errno);
    }

    /// Why there can be no system call here, or null when there can.
    static @Nullable String unsupported() {
        String os = System.getProperty("os.name", "");
        if (!os.equals("Linux")) {
            return "the kernel engine needs Linux, this is " + os;
        }
        return numberHere() < 0
                ? "the kernel engine knows bpf(2) on x86-64 and aarch64, this is "
                        + System.getProperty("os.arch")
                : null;
    }

    private static int numberHere() {
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> -1;
        };
    }

    static synchronized BpfSyscall get() {
        BpfSyscall found = instance;
        if (found == null) {
            String reason = unsupported();
            if (reason != null) {
                throw new UnsupportedOperationException(reason);
            }
            found = new BpfSyscall(numberHere());
            instance = found;
        }
        return found;
    }

    /// `bpf(command, attributes, size)`: the result, or -errno.
    long bpf(int command, MemorySegment attributes) {
        MemorySegment state = OUTCOME.get();
        try {
            long result =
                    (long)
                            syscall.invokeExact(
                                    state,
                                    number,
                                    (long) command,
                                    attributes,
                                    attributes.byteSize());
            return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// `close(fd)`.
    void close(int fd) {
        try {
            int _ = (int) close.invokeExact(OUTCOME.get(), fd);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
