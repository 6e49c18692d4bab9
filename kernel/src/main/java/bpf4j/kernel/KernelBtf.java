package bpf4j.kernel;

/// BTF inside Linux, closed with this object.
public final class KernelBtf implements AutoCloseable {
    private final int fd;

    private KernelBtf(int fd) {
        this.fd = fd;
    }

    /// Loads BTF in its binary form.
    public static KernelBtf load(byte[] btf) throws KernelException {
        Scratch scratch = Scratch.take();
        long result =
                Attributes.in(scratch).bytes(0, btf).u32(16, btf.length).run(BpfSyscall.BTF_LOAD);
        if (result < 0) {
            throw new KernelException("BTF", (int) -result);
        }
        return new KernelBtf((int) result);
    }

    int fd() {
        return fd;
    }

    @Override
    public void close() {
        BpfSyscall.get().close(fd);
    }
}
