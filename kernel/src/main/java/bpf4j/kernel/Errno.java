package bpf4j.kernel;

import java.util.Map;

/// Names of Linux's error numbers.
public final class Errno {
    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(1, "EPERM"),
                    Map.entry(2, "ENOENT"),
                    Map.entry(7, "E2BIG"),
                    Map.entry(9, "EBADF"),
                    Map.entry(11, "EAGAIN"),
                    Map.entry(12, "ENOMEM"),
                    Map.entry(13, "EACCES"),
                    Map.entry(14, "EFAULT"),
                    Map.entry(16, "EBUSY"),
                    Map.entry(17, "EEXIST"),
                    Map.entry(19, "ENODEV"),
                    Map.entry(22, "EINVAL"),
                    Map.entry(28, "ENOSPC"),
                    Map.entry(33, "EDOM"),
                    Map.entry(34, "ERANGE"),
                    Map.entry(38, "ENOSYS"),
                    Map.entry(75, "EOVERFLOW"),
                    Map.entry(95, "EOPNOTSUPP"),
                    Map.entry(524, "ENOTSUPP"));

    private Errno() {}

    /// The name of an error number, such as `EACCES` for 13.
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
