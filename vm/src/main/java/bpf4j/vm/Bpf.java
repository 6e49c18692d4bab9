package bpf4j.vm;

import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.Host;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerificationException;

import java.nio.file.Path;
import java.util.List;

/// An eBPF virtual machine: an address space in which objects are loaded, an engine that runs their
/// programs, a policy that says what they may do, and a host that tells them time and chance.
///
/// ```
/// Bpf bpf = Bpf.create();
/// BpfObject object = bpf.load(Path.of("firewall.bpf.o"));
/// int verdict = (int) object.program("firewall").run(packet);
/// ```
///
/// Everything here may be used by several threads.
public final class Bpf {
    private final Engine engine;
    private final LoadPolicy policy;
    private final Host host;
    private final AddressSpace space;
    private final HelperTable helpers;

    private Bpf(Builder builder) {
        this.engine = builder.engine;
        this.policy = builder.policy;
        this.host = builder.host;
        this.space = new AddressSpace(builder.cpus, builder.memoryLimit);
        this.helpers = builder.helpers;
    }

    /// A machine with the JIT, the trusted policy, the system's time, and a CPU for each processor.
    public static Bpf create() {
        return builder().build();
    }

    /// Starts a machine of other properties.
    public static Builder builder() {
        return new Builder();
    }

    /// Loads an object file: creates its maps, verifies and compiles its programs.
    ///
    /// @throws LoadException when the file cannot be used, or a map not be created
    /// @throws VerificationException when the verifier refuses a program
    public BpfObject load(Path file) throws LoadException, VerificationException {
        return load(ObjectSpec.load(file));
    }

    /// Loads an object: creates its maps, verifies and compiles the programs that it wants.
    ///
    /// @throws LoadException when a program cannot be linked, or a map not be created
    /// @throws VerificationException when the verifier refuses a program
    public BpfObject load(ObjectSpec object) throws LoadException, VerificationException {
        return BpfObject.load(this, object);
    }

    /// Loads a single program, such as one that was assembled: creates its maps, verifies and
    /// compiles
    /// it.
    ///
    /// @throws LoadException when a map cannot be created
    /// @throws VerificationException when the verifier refuses the program
    public BpfProgram load(ProgramSpec program) throws LoadException, VerificationException {
        LiveMaps maps = new LiveMaps(space);
        BpfProgram loaded = BpfProgram.load(this, program, maps);
        maps.fill(List.of(loaded));
        return loaded;
    }

    Engine engine() {
        return engine;
    }

    LoadPolicy policy() {
        return policy;
    }

    HelperTable helpers() {
        return helpers;
    }

    Host host() {
        return host;
    }

    AddressSpace space() {
        return space;
    }

    /// The properties of a machine to be.
    public static final class Builder {
        private Engine engine = Engine.JIT;
        private LoadPolicy policy = LoadPolicy.TRUSTED;
        private Host host = Host.SYSTEM;
        private int cpus = Runtime.getRuntime().availableProcessors();
        private long memoryLimit = AddressSpace.DEFAULT_MEMORY;

        private HelperTable helpers = LinuxHelpers.table();

        private Builder() {}

        /// What runs programs; the JIT unless told otherwise.
        public Builder engine(Engine choice) {
            engine = choice;
            return this;
        }

        /// What programs are trusted with; everything unless told otherwise.
        public Builder policy(LoadPolicy choice) {
            policy = choice;
            return this;
        }

        /// What tells programs time, chance and everything else from outside.
        public Builder host(Host choice) {
            host = choice;
            return this;
        }

        /// The number of CPUs for which per-CPU maps keep values.
        public Builder cpus(int count) {
            cpus = count;
            return this;
        }

        /// The bytes that all maps may take together; 1 GiB unless told otherwise.
        public Builder memoryLimit(long bytes) {
            memoryLimit = bytes;
            return this;
        }

        /// Adds a helper of the application's own, or replaces one of Linux's; its prototype is
        /// part of
        /// the program type.
        public Builder helper(int id, HelperFunction function) {
            helpers = helpers.with(id, function);
            return this;
        }

        /// The machine.
        public Bpf build() {
            return new Bpf(this);
        }
    }
}
