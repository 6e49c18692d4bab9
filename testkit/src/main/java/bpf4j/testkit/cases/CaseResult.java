package bpf4j.testkit.cases;

import java.util.List;

/// What an engine made of a case.
///
/// @param errno Linux's positive error number where the program was refused, else 0
/// @param error what makes the case itself unusable, empty otherwise
/// @param processed instructions that the verifier looked at, or -1
public record CaseResult(
        String name,
        Load load,
        int errno,
        String error,
        long processed,
        String log,
        List<RunResult> runs,
        List<MapDump> maps) {

    public CaseResult {
        runs = List.copyOf(runs);
        maps = List.copyOf(maps);
    }

    /// The outcome of loading.
    public enum Load {
        ACCEPT,
        REJECT,
        ERROR
    }

    /// A run.
    ///
    /// @param errno Linux's positive error number where the run was refused or faulted, else 0
    /// @param fault what went wrong at run time, empty otherwise
    /// @param retval r0's lower half, as Linux reports it
    public record RunResult(
            int errno,
            String fault,
            int retval,
            long r0,
            long nanos,
            byte[] data,
            byte[] context) {}

    /// A map's entries after the runs.
    public record MapDump(String name, List<Entry> entries) {
        public MapDump {
            entries = List.copyOf(entries);
        }
    }

    /// An entry; the value of a per-CPU map holds all CPUs' values one after the other.
    public record Entry(byte[] key, byte[] value) {}

    /// A result that says that the case cannot be used.
    public static CaseResult unusable(String name, String error) {
        return new CaseResult(name, Load.ERROR, 0, error, -1, "", List.of(), List.of());
    }

    /// A result of a program that was refused.
    public static CaseResult rejected(String name, int errno, String log, long processed) {
        return new CaseResult(name, Load.REJECT, errno, "", processed, log, List.of(), List.of());
    }
}
