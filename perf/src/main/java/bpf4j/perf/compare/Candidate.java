package bpf4j.perf.compare;

import bpf4j.perf.compare.Workload.Entry;
import bpf4j.perf.compare.Workload.PacketMemory;

import java.util.List;
import java.util.Locale;

/// A contender that could take part: what it is called in results, and the class that runs it.
///
/// @param className a class with a constructor for a [Workload.Setup]
/// @param variant see [Workload.Setup#variant]
public record Candidate(
        String name, Entry entry, PacketMemory memory, String className, String variant) {
    private static final String PACKAGE = "bpf4j.perf.contender.";

    /// Everyone, in the order of the tables. The first is the reference: the others must do what it
    /// does.
    public static final List<Candidate> ALL =
            List.of(
                    of("interpreter", Entry.SINGLE, PacketMemory.HEAP, "VmContender"),
                    of("jit", Entry.SINGLE, PacketMemory.HEAP, "VmContender"),
                    of("jit", Entry.BATCH, PacketMemory.HEAP, "VmContender"),
                    of("jit", Entry.SINGLE, PacketMemory.NATIVE, "VmContender"),
                    of("jit", Entry.BATCH, PacketMemory.NATIVE, "VmContender"),
                    new Candidate(
                            "jit-no-facts",
                            Entry.SINGLE,
                            PacketMemory.HEAP,
                            PACKAGE + "CheckedContender",
                            "jit"),
                    of("hand", Entry.SINGLE, PacketMemory.HEAP, "HandContender"),
                    of("native", Entry.SINGLE, PacketMemory.NATIVE, "NativeContender"),
                    of("native", Entry.BATCH, PacketMemory.NATIVE, "NativeContender"),
                    of("kernel", Entry.BATCH, PacketMemory.KERNEL, "KernelContender"),
                    of("ubpf-jit", Entry.SINGLE, PacketMemory.NATIVE, "UbpfContender"),
                    of("ubpf-jit", Entry.BATCH, PacketMemory.NATIVE, "UbpfContender"),
                    of("ubpf-interpreter", Entry.BATCH, PacketMemory.NATIVE, "UbpfContender"),
                    of("chicory", Entry.SINGLE, PacketMemory.LINEAR, "ChicoryContender"),
                    of("chicory", Entry.BATCH, PacketMemory.LINEAR, "ChicoryContender"),
                    of("libpcap", Entry.BATCH, PacketMemory.NATIVE, "PcapContender"));

    private static Candidate of(String name, Entry entry, PacketMemory memory, String className) {
        return new Candidate(name, entry, memory, PACKAGE + className, name);
    }

    /// Makes the contender.
    ///
    /// @throws Unavailable when it cannot run here
    Contender create(Workload.Setup setup) throws Unavailable {
        return IsolatedLoader.create(className, setup);
    }

    /// Name, entry and memory in one word, such as `jit-single-heap`.
    String id() {
        return "%s-%s-%s".formatted(name, lower(entry), lower(memory));
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
