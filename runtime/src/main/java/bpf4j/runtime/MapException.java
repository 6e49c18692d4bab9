package bpf4j.runtime;

import bpf4j.spec.LoadException;

/// A map that cannot be created as declared.
public final class MapException extends LoadException {
    private static final long serialVersionUID = 1;

    private final int errno;

    /// A refusal with Linux's error number.
    ///
    /// @param errno positive, see [Errno]
    public MapException(String map, int errno, String message) {
        super("map '" + map + "': " + message + " (-" + Errno.name(errno) + ")");
        this.errno = errno;
    }

    /// Linux's error number, positive.
    public int errno() {
        return errno;
    }
}
