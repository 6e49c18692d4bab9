package bpf4j.spec;

import bpf4j.spec.ProgramType.Capability;
import bpf4j.spec.ProgramType.PacketAccess;
import bpf4j.spec.ProgramType.ReturnRange;
import bpf4j.spec.ProgramType.Trait;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Linux's program types, from `program-types.txt` and `contexts.txt` (Linux 6.18: `enum
/// bpf_prog_type`, the `is_valid_access` and `func_proto` functions of each).
public final class ProgramTypes {
    /// `BPF_PROG_TYPE_SOCKET_FILTER`.
    public static final ProgramType SOCKET_FILTER = known(1);

    /// `BPF_PROG_TYPE_KPROBE`.
    public static final ProgramType KPROBE = known(2);

    /// `BPF_PROG_TYPE_SCHED_CLS`: a classifier of tc.
    public static final ProgramType SCHED_CLS = known(3);

    /// `BPF_PROG_TYPE_SCHED_ACT`: an action of tc.
    public static final ProgramType SCHED_ACT = known(4);

    /// `BPF_PROG_TYPE_TRACEPOINT`.
    public static final ProgramType TRACEPOINT = known(5);

    /// `BPF_PROG_TYPE_XDP`.
    public static final ProgramType XDP = known(6);

    /// `BPF_PROG_TYPE_RAW_TRACEPOINT`.
    public static final ProgramType RAW_TRACEPOINT = known(17);

    private ProgramTypes() {}

    /// The type with Linux's number (`enum bpf_prog_type`), for an expected attach type (`enum
    /// bpf_attach_type`; 0 where it does not matter).
    public static ProgramType of(int number, int attachType) throws LoadException {
        Lines.Entry found = Lines.find(number, attachType);
        if (found == null) {
            throw new LoadException(
                    Lines.attachTypes(number).isEmpty()
                            ? "program type " + number + " is unknown (known: 1 to 32)"
                            : "program type "
                                    + number
                                    + " has no attach type "
                                    + attachType
                                    + " (known: "
                                    + Lines.attachTypes(number)
                                    + ")");
        }
        return found.resolve(attachType);
    }

    /// The numbers of all types.
    public static List<Integer> numbers() {
        return List.copyOf(Lines.BY_NUMBER.keySet());
    }

    private static ProgramType known(int number) {
        try {
            return of(number, 0);
        } catch (LoadException e) {
            throw new AssertionError(e);
        }
    }

    /// The lines of `program-types.txt`: a type is made of its line when it is first asked for.
    private static final class Lines {
        static final Map<Integer, List<Entry>> BY_NUMBER = new LinkedHashMap<>();
        private static final Map<String, List<String>> SETS = new HashMap<>();

        static {
            for (String line : Table.read("program-types.txt")) {
                List<String> words = List.of(line.split(" +"));
                if (words.getFirst().equals("set")) {
                    SETS.put(words.get(1), words.subList(2, words.size()));
                } else {
                    Entry entry = new Entry(words);
                    BY_NUMBER.computeIfAbsent(entry.number, n -> new ArrayList<>()).add(entry);
                }
            }
        }

        private Lines() {}

        static @Nullable Entry find(int number, int attachType) {
            for (Entry entry : BY_NUMBER.getOrDefault(number, List.of())) {
                if (entry.attachTypes.isEmpty() || entry.attachTypes.contains(attachType)) {
                    return entry;
                }
            }
            return null;
        }

        static List<Integer> attachTypes(int number) {
            List<Integer> known = new ArrayList<>();
            for (Entry entry : BY_NUMBER.getOrDefault(number, List.of())) {
                known.addAll(entry.attachTypes);
            }
            return known;
        }

        /// A line: a type for some attach types, or for all that no line before it names.
        private static final class Entry {
            final String name;
            final int number;
            final List<Integer> attachTypes = new ArrayList<>();
            private final List<String> words;
            private final Map<Integer, ProgramType> resolved = new ConcurrentHashMap<>();

            Entry(List<String> words) {
                this.words = words;
                name = words.get(1);
                number = Integer.parseInt(words.get(2));
                for (String value : values("attach")) {
                    attachTypes.add(Integer.valueOf(value));
                }
            }

            ProgramType resolve(int attachType) {
                return resolved.computeIfAbsent(attachType, this::make);
            }

            private ProgramType make(int attachType) {
                return new ProgramType(
                        name,
                        number,
                        attachType,
                        Contexts.byName(values("context").getFirst()),
                        helpers(),
                        range(values("returns").getFirst()),
                        PacketAccess.valueOf(upper(values("packet").getFirst())),
                        all(Capability.class, "needs"),
                        all(Trait.class, "traits"));
            }

            private <E extends Enum<E>> Set<E> all(Class<E> type, String key) {
                Set<E> set = EnumSet.noneOf(type);
                for (String value : values(key)) {
                    set.add(Enum.valueOf(type, upper(value)));
                }
                return set;
            }

            private Map<Integer, HelperSpec> helpers() {
                Map<Integer, HelperSpec> helpers = new HashMap<>();
                for (String word : words.subList(3, words.size())) {
                    if (word.startsWith("+")) {
                        for (String helper : SETS.getOrDefault(word.substring(1), List.of())) {
                            add(helpers, helper);
                        }
                    } else if (word.indexOf('=') < 0) {
                        add(helpers, word);
                    }
                }
                return helpers;
            }

            private void add(Map<Integer, HelperSpec> helpers, String word) {
                HelperSpec helper = Helpers.byName(word, name);
                if (helper == null) {
                    throw new AssertionError("program-types.txt: no helper " + word);
                }
                helpers.put(helper.id(), helper);
            }

            private List<String> values(String key) {
                for (String word : words) {
                    if (word.startsWith(key + "=")) {
                        return List.of(word.substring(key.length() + 1).split(","));
                    }
                }
                return List.of();
            }

            private static ReturnRange range(String word) {
                int dots = word.indexOf("..");
                return dots < 0
                        ? ReturnRange.ANY
                        : new ReturnRange(
                                Long.parseLong(word.substring(0, dots)),
                                Long.parseLong(word.substring(dots + 2)));
            }

            private static String upper(String word) {
                return word.toUpperCase(Locale.ROOT);
            }
        }
    }
}
