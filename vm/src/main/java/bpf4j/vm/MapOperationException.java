package bpf4j.vm;

import bpf4j.runtime.Errno;

/// A map refused an operation, as Linux would.
public final class MapOperationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    MapOperationException(String map, String operation, int errno) {
        super("map \"%s\": %s: %s".formatted(map, operation, text(errno)));
        this.errno = errno;
    }

    /// Linux's error number, positive.
    public int errno() {
        return errno;
    }

    private static String text(int errno) {
        String name = Errno.name(errno);
        return switch (errno) {
            case Errno.EPERM -> "the map is frozen (" + name + ")";
            case Errno.E2BIG -> "the map is full, or has no such index (" + name + ")";
            case Errno.EEXIST -> "the key is there already (" + name + ")";
            case Errno.EINVAL -> "not possible with this type of map (" + name + ")";
            default -> name;
        };
    }
}
