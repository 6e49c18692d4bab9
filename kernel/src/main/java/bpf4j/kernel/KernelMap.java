package bpf4j.kernel;

import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A map inside Linux, closed with this object.
public final class KernelMap implements AutoCloseable {
    private static final int MAX_CPUS = 4096;

    private final MapSpec spec;
    private final int fd;
    private final int valueBytes;

    private KernelMap(MapSpec spec, int fd, int valueBytes) {
        this.spec = spec;
        this.fd = fd;
        this.valueBytes = valueBytes;
    }

    /// Creates the map; the initial entries of the specification are not stored.
    ///
    /// @param inner the template of a map of maps, else null
    /// @param btf the object's BTF inside Linux, or null: then the map has no types
    public static KernelMap create(MapSpec spec, @Nullable KernelMap inner, @Nullable KernelBtf btf)
            throws KernelException {
        Scratch scratch = Scratch.take();
        Attributes attributes =
                Attributes.in(scratch)
                        .u32(0, spec.type().number())
                        .u32(4, spec.keySize())
                        .u32(8, spec.valueSize())
                        .u32(12, spec.maxEntries())
                        .u32(16, spec.flags())
                        .u32(20, inner == null ? 0 : inner.fd)
                        .name(28, spec.name())
                        .u64(64, spec.extra());
        if (btf != null && spec.valueType() != 0) {
            attributes.u32(48, btf.fd()).u32(52, spec.keyType()).u32(56, spec.valueType());
        }
        long result = attributes.run(BpfSyscall.MAP_CREATE);
        if (result < 0) {
            throw new KernelException("map \"" + spec.name() + "\"", (int) -result);
        }
        int bytes =
                spec.type().isPerCpu()
                        ? (spec.valueSize() + 7 & ~7) * possibleCpus()
                        : spec.valueSize();
        return new KernelMap(spec, (int) result, bytes);
    }

    /// The number of CPUs for which a per-CPU map keeps values.
    public static int possibleCpus() {
        try {
            String list =
                    java.nio.file.Files.readString(
                                    java.nio.file.Path.of("/sys/devices/system/cpu/possible"))
                            .trim();
            String last =
                    list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1);
            return Math.min(Integer.parseInt(last) + 1, MAX_CPUS);
        } catch (java.io.IOException | NumberFormatException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /// What the map was declared as.
    public MapSpec spec() {
        return spec;
    }

    /// The descriptor, which an instruction that refers to the map holds.
    public int fd() {
        return fd;
    }

    /// The number of bytes of a value as [#lookup] gives it: all CPUs' values one after the other,
    /// each
    /// rounded up to 8 bytes, for a per-CPU map.
    public int valueBytes() {
        return valueBytes;
    }

    /// The value of a key, or null.
    public byte @Nullable [] lookup(byte[] key) {
        Scratch scratch = Scratch.take();
        MemorySegment value = scratch.allocate(Math.max(valueBytes, 1), 8);
        long result = element(scratch, key).pointer(16, value).run(BpfSyscall.MAP_LOOKUP_ELEM);
        return result < 0 ? null : value.asSlice(0, valueBytes).toArray(ValueLayout.JAVA_BYTE);
    }

    /// Stores a value; returns 0 or -errno.
    public int update(byte[] key, byte[] value, long flags) {
        Scratch scratch = Scratch.take();
        return (int)
                element(scratch, key)
                        .bytes(16, value)
                        .u64(24, flags)
                        .run(BpfSyscall.MAP_UPDATE_ELEM);
    }

    /// Stores a map as the value of a key; returns 0 or -errno.
    public int update(byte[] key, KernelMap value) {
        return update(key, fdBytes(value.fd), 0);
    }

    /// Stores a program as the value of a key; returns 0 or -errno.
    public int update(byte[] key, KernelProgram value) {
        return update(key, fdBytes(value.fd()), 0);
    }

    private static byte[] fdBytes(int fd) {
        return MemorySegment.ofArray(new int[] {fd}).toArray(ValueLayout.JAVA_BYTE);
    }

    /// Deletes a key; returns 0 or -errno.
    public int delete(byte[] key) {
        Scratch scratch = Scratch.take();
        return (int) element(scratch, key).run(BpfSyscall.MAP_DELETE_ELEM);
    }

    /// All keys, in Linux's order.
    public List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        byte[] key = new byte[0];
        while (true) {
            Scratch scratch = Scratch.take();
            MemorySegment next = scratch.allocate(Math.max(spec.keySize(), 1), 8);
            if (element(scratch, key).pointer(16, next).run(BpfSyscall.MAP_GET_NEXT_KEY) < 0) {
                return keys;
            }
            key = next.asSlice(0, spec.keySize()).toArray(ValueLayout.JAVA_BYTE);
            keys.add(key);
        }
    }

    /// Forbids any further change from user space, so that Linux folds loads of a read-only array.
    public void freeze() throws KernelException {
        Scratch scratch = Scratch.take();
        long result = Attributes.in(scratch).u32(0, fd).run(BpfSyscall.MAP_FREEZE);
        if (result < 0) {
            throw new KernelException("freezing map \"" + spec.name() + "\"", (int) -result);
        }
    }

    private Attributes element(Scratch scratch, byte[] key) {
        return Attributes.in(scratch).u32(0, fd).bytes(8, key);
    }

    @Override
    public void close() {
        BpfSyscall.get().close(fd);
    }
}
