package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A program of the comparison and what it works on.
///
/// @param program its name: that of the function, of the C file, and of the objects made of it
/// @param packet the packet that is timed, at least 14 bytes
/// @param probes packets on which every contender must do the same before it is timed
/// @param watches map values that are compared after each probe
/// @param fills map entries that are stored before the first run
public record Workload(
        String program, byte[] packet, List<byte[]> probes, List<Watch> watches, List<Fill> fills) {

    /// A map value that is looked at.
    ///
    /// @param number the map's number in the C source
    public record Watch(String map, int number, byte[] key, int valueSize) {}

    /// A map entry to begin with.
    public record Fill(String map, int number, byte[] key, byte[] value) {}

    /// How a contender is to run a workload.
    ///
    /// @param variant what the contender's class distinguishes, such as `jit`
    /// @param programs the folder of the C sources, with `objects` in it
    /// @param library the programs compiled for this machine, a copy of this contender's own, or
    ///     null
    /// @param ubpf uBPF's library, or null
    public record Setup(
            Workload workload,
            String variant,
            Entry entry,
            PacketMemory memory,
            Path programs,
            @Nullable Path library,
            @Nullable Path ubpf) {
        /// A file made of the program's C source, or the example of the same name.
        public Path object(String suffix) {
            Path own = programs.resolve("objects").resolve(workload.program + suffix);
            return Files.exists(own)
                    ? own
                    : programs.resolve("../../examples").resolve(workload.program + suffix);
        }
    }

    /// How packets reach a program.
    public enum Entry {
        /// A call for each packet.
        SINGLE,
        /// One call for many packets; the loop is on the other side.
        BATCH
    }

    /// Where packets lie.
    public enum PacketMemory {
        HEAP,
        NATIVE,
        /// In the kernel.
        KERNEL,
        /// In the memory of a WebAssembly module.
        LINEAR
    }
}
