package bpf4j.perf.contender;

import bpf4j.isa.Codec;
import bpf4j.loader.ObjectSpec;
import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.compare.Workload.Entry;
import bpf4j.spec.LoadException;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// uBPF, as it is after `ubpf_create`: its JIT (variant `ubpf-jit`, which checks no access) or its
/// interpreter, which does. The loops over packets are in C, and so are the maps.
public final class UbpfContender implements Contender {
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final AddressLayout TEXT =
            ValueLayout.ADDRESS.withTargetLayout(
                    MemoryLayout.sequenceLayout(1024, ValueLayout.JAVA_BYTE));

    private final Workload workload;
    private final boolean jit;
    private final Entry entry;
    private final Ring ring;
    private final MemorySegment packets;
    private final MemorySegment[] slices;
    private final NativeLibrary library;
    private final SymbolLookup ubpf;
    private final MemorySegment vm;
    private final MemorySegment function;

    /// Loads the program into uBPF.
    public UbpfContender(Workload.Setup setup) throws Unavailable {
        Path file = setup.ubpf();
        if (file == null) {
            throw new Unavailable("no library of uBPF was given (--ubpf)");
        }
        workload = setup.workload();
        jit = setup.variant().equals("ubpf-jit");
        entry = setup.entry();
        ring = Ring.of(workload.packet());
        packets = NativePackets.ring(ring, Arena.ofAuto());
        slices = NativePackets.of(ring, Arena.ofAuto());
        library = NativeLibrary.open(setup);
        ubpf = SymbolLookup.libraryLookup(file, Arena.global());
        vm = (MemorySegment) call("ubpf_create", FunctionDescriptor.of(POINTER));
        for (Workload.Fill fill : workload.fills()) {
            library.update(fill);
        }
        load(setup);
        function = jit ? compile() : symbol("ubpf_exec");
    }

    private void load(Workload.Setup setup) throws Unavailable {
        FunctionDescriptor register =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, POINTER, ValueLayout.JAVA_INT, POINTER, POINTER);
        FunctionDescriptor bounds =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, POINTER, POINTER, POINTER);
        try (Arena arena = Arena.ofConfined()) {
            String[] helpers = {"perf_lookup", "perf_update"};
            for (int i = 0; i < helpers.length; i++) {
                MemorySegment name = Arena.global().allocateFrom(helpers[i]);
                call("ubpf_register", register, vm, i + 1, name, library.function(helpers[i]));
            }
            MemorySegment permits = library.function("perf_permits");
            call("ubpf_register_data_bounds_check", bounds, vm, MemorySegment.NULL, permits);
            MemorySegment code = NativePackets.copy(code(setup), arena);
            MemorySegment error = arena.allocate(POINTER);
            int status =
                    (int)
                            call(
                                    "ubpf_load",
                                    FunctionDescriptor.of(
                                            ValueLayout.JAVA_INT,
                                            POINTER,
                                            POINTER,
                                            ValueLayout.JAVA_INT,
                                            POINTER),
                                    vm,
                                    code,
                                    (int) code.byteSize(),
                                    error);
            if (status != 0) {
                throw new Unavailable("uBPF refuses the program: " + message(error));
            }
        }
    }

    private static byte[] code(Workload.Setup setup) throws Unavailable {
        String name = setup.workload().program();
        if (Generated.isName(name)) {
            return Generated.code(name, false);
        }
        Path object = setup.object(".plain.o");
        if (!Files.exists(object)) {
            throw new Unavailable("the program needs what uBPF has not");
        }
        try {
            return Codec.encode(ObjectSpec.load(object).link(name).code(), ByteOrder.nativeOrder());
        } catch (LoadException e) {
            throw new Unavailable(String.valueOf(e.getMessage()));
        }
    }

    private MemorySegment compile() throws Unavailable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment error = arena.allocate(POINTER);
            MemorySegment compiled =
                    (MemorySegment)
                            call(
                                    "ubpf_compile",
                                    FunctionDescriptor.of(POINTER, POINTER, POINTER),
                                    vm,
                                    error);
            if (compiled.address() == 0) {
                throw new Unavailable("uBPF's JIT refuses the program: " + message(error));
            }
            return compiled;
        }
    }

    private static String message(MemorySegment error) {
        return error.get(TEXT, 0).getString(0).strip();
    }

    private MemorySegment symbol(String name) throws Unavailable {
        return ubpf.find(name)
                .orElseThrow(() -> new Unavailable("the library given is not uBPF's: no " + name));
    }

    private Object call(String name, FunctionDescriptor type, Object... arguments)
            throws Unavailable {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(symbol(name), type)
                    .invokeWithArguments(arguments);
        } catch (Unavailable e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    @Override
    public Outcome probe(byte[] packet) {
        MemorySegment copy = NativePackets.copy(packet, Arena.ofAuto());
        long r0 = batch(copy, new Ring(packet, 1, 0, packet.length), 1);
        return new Outcome((int) r0, copy.toArray(ValueLayout.JAVA_BYTE), library.watch(workload));
    }

    private long batch(MemorySegment from, Ring shape, long times) {
        return jit
                ? library.batch(function, from, shape, times)
                : library.batch("perf_exec_batch", function, vm, from, shape, times);
    }

    @Override
    public long run(long times) {
        if (entry == Entry.BATCH) {
            return batch(packets, ring, times);
        }
        long sum = 0;
        for (long i = 0; i < times; i++) {
            MemorySegment packet = slices[(int) i & slices.length - 1];
            sum += (int) NativeLibrary.call(function, packet, ring.length());
        }
        return sum;
    }
}
