package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/// What the command was asked for.
///
/// @param pattern which programs
/// @param only which contenders, by `name-entry-memory`; the reference always takes part
record Arguments(
        boolean quick, @Nullable Path json, @Nullable Path ubpf, Pattern pattern, Pattern only) {

    static final String USAGE =
            """
            usage: perf/compare [--quick] [--json FILE] [--ubpf LIBRARY] [--only CONTENDERS] [PATTERN]

            --quick            a look of about three minutes, not a measurement
            --json FILE        writes the results there as well: an array of
                               {program, contender, entry, memory, ns, low, high, runs}
            --ubpf LIBRARY     uBPF's shared library: it takes part then
            --only CONTENDERS  a regular expression for name-entry-memory, such as 'jit-batch|native'
            PATTERN            a regular expression for programs; all unless given
            """;

    static Arguments parse(String[] args) {
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        boolean quick = false;
        Path json = null;
        Path ubpf = null;
        Pattern pattern = Pattern.compile("");
        Pattern only = Pattern.compile("");
        while (!rest.isEmpty()) {
            String arg = rest.pop();
            switch (arg) {
                case "--quick" -> quick = true;
                case "--json" -> json = Path.of(value(arg, rest));
                case "--ubpf" -> ubpf = Path.of(value(arg, rest)).toAbsolutePath();
                case "--only" -> only = Pattern.compile(value(arg, rest));
                default -> {
                    if (arg.startsWith("-")) {
                        throw new IllegalArgumentException(arg + " is unknown\n" + USAGE);
                    }
                    pattern = Pattern.compile(arg);
                }
            }
        }
        return new Arguments(quick, json, ubpf, pattern, only);
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value\n" + USAGE);
        }
        return rest.pop();
    }
}
