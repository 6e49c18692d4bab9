package bpf4j.kernel;

import bpf4j.runtime.Errno;

/// Linux refused a call that is not about a program: a map, a test run, BTF.
public final class KernelException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    KernelException(String what, int errno) {
        super(what + ": " + Errno.name(errno));
        this.errno = errno;
    }

    /// An exception that says what Linux refused, with its positive error number.
    public static KernelException refused(String what, int errno) {
        return new KernelException(what, errno);
    }

    /// Linux's error number, positive.
    public int errno() {
        return errno;
    }
}
