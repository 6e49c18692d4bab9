package bpf4j.perf.contender;

import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The shared library that `perf/programs/build.sh --native` makes: every program as
/// `u32 name(u8 *packet, u64 length)`, the loop over packets, and their maps.
final class NativeLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    /// `u64 (*)(void *packet, u64 length)`; short, so the JVM need not notice that it has left.
    private static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(U64, ValueLayout.ADDRESS, U64),
                    Linker.Option.critical(false));

    private static final MethodHandle BATCH =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            U64, ValueLayout.ADDRESS, ValueLayout.ADDRESS, U64, U64, U64, U64));

    private static final MethodHandle BATCH_WITH =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            U64,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            U64,
                            U64,
                            U64,
                            U64));

    private static final MethodHandle LOOKUP =
            LINKER.downcallHandle(FunctionDescriptor.of(U64, U64, ValueLayout.ADDRESS));

    private static final MethodHandle UPDATE =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(U64, U64, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

    private final SymbolLookup symbols;
    private final MemorySegment batch;

    private NativeLibrary(SymbolLookup symbols) throws Unavailable {
        this.symbols = symbols;
        batch = function("perf_batch");
    }

    static NativeLibrary open(Workload.Setup setup) throws Unavailable {
        Path library = setup.library();
        if (library == null) {
            throw new Unavailable("no C compiler (clang or gcc) was found");
        }
        return new NativeLibrary(SymbolLookup.libraryLookup(library, Arena.global()));
    }

    /// A function of the library.
    MemorySegment function(String name) throws Unavailable {
        return symbols.find(name)
                .orElseThrow(() -> new Unavailable("the program is not written in C: " + name));
    }

    /// Calls a program.
    static long call(MemorySegment function, MemorySegment packet, long length) {
        try {
            return (long) CALL.invokeExact(function, packet, length);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Calls a program over the packets of a ring, which lie at `packets`.
    long batch(MemorySegment function, MemorySegment packets, Ring ring, long times) {
        try {
            return (long)
                    BATCH.invokeExact(
                            batch,
                            function,
                            packets,
                            (long) ring.length(),
                            (long) ring.stride(),
                            (long) ring.count(),
                            times);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Lets a loop of the library call a function with one more argument in front of the packet.
    long batch(
            String loop,
            MemorySegment function,
            MemorySegment argument,
            MemorySegment packets,
            Ring ring,
            long times) {
        try {
            return (long)
                    BATCH_WITH.invokeExact(
                            symbols.findOrThrow(loop),
                            function,
                            argument,
                            packets,
                            (long) ring.length(),
                            (long) ring.stride(),
                            (long) ring.count(),
                            times);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// The watched values of the maps.
    List<byte[]> watch(Workload workload) {
        List<byte[]> values = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lookup = symbols.findOrThrow("perf_lookup");
            for (Workload.Watch watch : workload.watches()) {
                MemorySegment key = NativePackets.copy(watch.key(), arena);
                long address = (long) LOOKUP.invokeExact(lookup, (long) watch.number(), key);
                values.add(
                        MemorySegment.ofAddress(address)
                                .reinterpret(address == 0 ? 0 : watch.valueSize())
                                .toArray(ValueLayout.JAVA_BYTE));
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        return values;
    }

    /// Stores a map entry.
    void update(Workload.Fill fill) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment update = symbols.findOrThrow("perf_update");
            MemorySegment key = NativePackets.copy(fill.key(), arena);
            MemorySegment value = NativePackets.copy(fill.value(), arena);
            long result = (long) UPDATE.invokeExact(update, (long) fill.number(), key, value);
            if (result != 0) {
                throw new AssertionError("map " + fill.map() + " takes no more");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
