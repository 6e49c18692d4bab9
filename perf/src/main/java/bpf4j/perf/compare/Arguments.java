package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What the command was asked for.
///
/// @param from results of an earlier run to draw, instead of measuring
/// @param objects a folder of more objects for the verifier
/// @param pattern which programs
/// @param only which contenders, by `name-entry-memory`; the reference always takes part
record Arguments(
        boolean help,
        boolean quick,
        @Nullable Path json,
        @Nullable Path from,
        @Nullable Path plots,
        @Nullable Path ubpf,
        @Nullable Path objects,
        Pattern pattern,
        Pattern only) {

    static final String USAGE =
            """
            usage: perf/compare [OPTION]... [PATTERN]

            Runs everything that can run the same programs side by side. PATTERN is a regular expression
            for what is measured: programs, latency, sizes, verifier; all unless given.

            --quick            a look of about three minutes, not a measurement
            --json FILE        writes the results there as well: an array of
                               {program, contender, entry, memory, ns, low, high, runs}
            --plots FOLDER     draws the results there (PNG)
            --from FILE        draws the results of an earlier --json instead of measuring
            --ubpf LIBRARY     uBPF's shared library: it takes part then
            --objects FOLDER   more objects for the verifier, beside the examples
            --only CONTENDERS  a regular expression for name-entry-memory, such as 'jit-batch|native'

            """;

    static Arguments parse(String[] args) {
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        boolean help = false;
        boolean quick = false;
        Path json = null;
        Path from = null;
        Path plots = null;
        Path ubpf = null;
        Path objects = null;
        Pattern pattern = Pattern.compile("");
        Pattern only = Pattern.compile("");
        while (!rest.isEmpty()) {
            String arg = rest.pop();
            switch (arg) {
                case "--help", "-h" -> help = true;
                case "--quick" -> quick = true;
                case "--json" -> json = Path.of(value(arg, rest));
                case "--from" -> from = Path.of(value(arg, rest));
                case "--plots" -> plots = Path.of(value(arg, rest));
                case "--ubpf" -> ubpf = Path.of(value(arg, rest)).toAbsolutePath();
                case "--objects" -> objects = Path.of(value(arg, rest));
                case "--only" -> only = pattern(value(arg, rest));
                default -> {
                    if (arg.startsWith("-")) {
                        throw new IllegalArgumentException(arg + " is unknown\n" + USAGE);
                    }
                    pattern = pattern(arg);
                }
            }
        }
        return new Arguments(help, quick, json, from, plots, ubpf, objects, pattern, only);
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value\n" + USAGE);
        }
        return rest.pop();
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// Whether something is to be measured.
    boolean wants(String name) {
        return pattern.matcher(name).find();
    }

    /// Whether a program is to be measured; a quick look leaves the largest ones out unless it is
    /// told which.
    boolean wants(Programs.Program program) {
        boolean asked = !pattern.pattern().isEmpty();
        return wants(program.name()) && (asked || !quick || !program.isLarge());
    }
}
