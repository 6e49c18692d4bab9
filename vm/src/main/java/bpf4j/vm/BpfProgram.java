package bpf4j.vm;

import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// A verified program that is ready to run. Threads may share it; each of them works on memory of
/// its
/// own.
public final class BpfProgram {
    private final Bpf bpf;
    private final VerifiedProgram verified;
    private final LoadedProgram loaded;
    private final boolean writesPacket;
    private final ThreadLocal<Runner> runners = ThreadLocal.withInitial(this::runner);

    private BpfProgram(Bpf bpf, VerifiedProgram verified, LoadedProgram loaded) {
        this.bpf = bpf;
        this.verified = verified;
        this.loaded = loaded;
        this.writesPacket = PacketUse.writes(verified);
    }

    static BpfProgram load(Bpf bpf, ProgramSpec spec, LiveMaps maps)
            throws LoadException, VerificationException {
        VerifiedProgram verified = Verifier.verify(spec, bpf.policy());
        Bindings bindings = new Bindings(bpf.space(), maps.create(spec.maps()), bpf.helpers());
        return new BpfProgram(bpf, verified, bpf.engine().load(verified, bindings));
    }

    /// The program's name: that of its function.
    public String name() {
        return verified.spec().name();
    }

    /// What was loaded.
    public ProgramSpec spec() {
        return verified.spec();
    }

    /// What the verifier found.
    public VerifiedProgram verified() {
        return verified;
    }

    /// What the return value means.
    public Verdicts verdicts() {
        return Verdicts.of(spec().type());
    }

    /// The program as the engine made it, for hosts that prepare executions themselves.
    public LoadedProgram loaded() {
        return loaded;
    }

    boolean writesPacket() {
        return writesPacket;
    }

    /// Runs the program on a packet, which it may change in place. To see a packet that the program
    /// made longer or shorter, use a [#runner].
    ///
    /// @return r0 at exit, such as 2 for `XDP_PASS`
    public long run(byte[] packet) {
        return runners.get().run(packet, 0, packet.length);
    }

    /// Runs the program on the packet between a buffer's position and limit, which stay.
    public long run(ByteBuffer packet) {
        return runners.get().run(packet);
    }

    /// Runs the program on a packet in heap or native memory.
    public long run(MemorySegment packet) {
        return runners.get().run(packet);
    }

    /// Something that runs the program in one thread, packet by packet, and shows each packet as
    /// the
    /// program left it. Make one for each thread and keep it: it holds the thread's memory.
    public Runner runner() {
        Execution execution = new Execution(bpf.space());
        execution.host = bpf.host();
        return new Runner(this, execution);
    }
}
