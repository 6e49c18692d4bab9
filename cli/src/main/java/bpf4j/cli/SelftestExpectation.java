package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec.Flag;
import bpf4j.spec.ProgramType.Capability;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a test program expects of a verifier, as the tags of its function say
/// (`comment:test_expect_success` and so on, as Linux's selftests write them).
///
/// @param unprivileged whether it is to be loaded without capabilities
/// @param messages texts that must occur in the log, in order; `{{` and `}}` enclose regular
///     expressions
/// @param absent texts that must not occur in it
/// @param retval what a run must give, or null where none is expected; any value counts when
///     `anyRetval`
/// @param logLevel the log level asked for, or 0
/// @param architectures for which the test was written, empty for all
/// @param capabilities that an unprivileged load keeps
/// @param outside why the test cannot be made here, or empty
record SelftestExpectation(
        boolean unprivileged,
        boolean accepts,
        List<String> messages,
        List<String> absent,
        @Nullable Integer retval,
        boolean anyRetval,
        int logLevel,
        Set<Flag> flags,
        Set<String> architectures,
        Set<Capability> capabilities,
        String outside) {
    private static final String PREFIX = "comment:";

    /// The `POINTER_VALUE` of Linux's tests, by name or expanded: a pointer is returned.
    private static final Set<String> POINTERS = Set.of("POINTER_VALUE", "0xcafe4all", "0xbadcafe");

    /// The `TEST_DATA_LEN` of Linux's tests.
    static final int DATA_LENGTH = 64;

    /// The policy under which to load.
    LoadPolicy policy() {
        return unprivileged ? new LoadPolicy(capabilities) : LoadPolicy.TRUSTED;
    }

    /// The tags of a function, those with a running number in its order.
    static List<String> tags(Btf btf, String function) {
        List<String> tags = new ArrayList<>();
        for (int id = 1; id < btf.size(); id++) {
            if (btf.type(id) instanceof BtfType.DeclTag(String tag, int type, int component)
                    && component == -1
                    && tag.startsWith(PREFIX)
                    && type < btf.size()
                    && btf.type(type) instanceof BtfType.Func(String name, int proto, int linkage)
                    && name.equals(function)) {
                tags.add(tag.substring(PREFIX.length()));
            }
        }
        tags.sort(Comparator.comparingInt(SelftestExpectation::serial));
        return tags;
    }

    private static int serial(String tag) {
        int equals = tag.indexOf('=');
        int second = tag.indexOf('=', equals + 1);
        if (equals < 0 || second < 0 || !isNumber(tag.substring(equals + 1, second))) {
            return -1;
        }
        return Integer.parseInt(tag.substring(equals + 1, second));
    }

    /// A text without the running number that newer tests put before it.
    private static String withoutSerial(String value) {
        int equals = value.indexOf('=');
        return equals > 0 && isNumber(value.substring(0, equals))
                ? value.substring(equals + 1)
                : value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 9 && text.chars().allMatch(Character::isDigit);
    }

    /// What the tags of a function expect: in privileged mode, without privileges, or both; nothing
    /// for auxiliary programs, which other tests need.
    static List<SelftestExpectation> of(List<String> tags) throws LoadException {
        Reader privileged = new Reader();
        Reader unprivileged = new Reader();
        for (String tag : tags) {
            int equals = tag.indexOf('=');
            String name = equals < 0 ? tag : tag.substring(0, equals);
            String value = equals < 0 ? "" : tag.substring(equals + 1);
            if (name.endsWith("_unpriv")) {
                unprivileged.read(name.substring(0, name.length() - 7), value);
            } else {
                privileged.read(name, value);
            }
        }
        if (privileged.auxiliary || unprivileged.auxiliary) {
            return List.of();
        }
        List<SelftestExpectation> expectations = new ArrayList<>();
        if (privileged.used || !unprivileged.used) {
            expectations.add(privileged.expectation(privileged, false));
        }
        if (unprivileged.used) {
            unprivileged.inherit(privileged);
            expectations.add(unprivileged.expectation(privileged, true));
        }
        return expectations;
    }

    /// Collects the tags of one mode; those that hold for both modes are kept by the privileged
    /// one.
    private static final class Reader {
        private boolean used;
        private boolean auxiliary;
        private @Nullable Boolean accepts;
        private List<String> messages = new ArrayList<>();
        private List<String> absent = new ArrayList<>();
        private boolean runs;
        private String retval = "";
        private int logLevel;
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private final Set<String> architectures = new java.util.LinkedHashSet<>();
        private final Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        private String outside = "";

        void read(String name, String value) throws LoadException {
            switch (name) {
                case "test_expect_success" -> accepts = use(true);
                case "test_expect_failure" -> accepts = use(false);
                case "test_expect_msg" -> {
                    use(true);
                    messages.add(withoutSerial(value));
                }
                case "test_expect_not_msg" -> {
                    use(true);
                    absent.add(withoutSerial(value));
                }
                case "test_expect_regex" -> {
                    use(true);
                    messages.add("{{" + withoutSerial(value) + "}}");
                }
                case "test_auxiliary" -> auxiliary = use(true);
                case "test_retval" -> {
                    runs = use(true);
                    retval = value;
                }
                case "test_expect_xlated", "test_jited" -> use(true);
                case "test_log_level" -> logLevel = number(value);
                case "test_prog_flags" -> flag(value);
                case "test_arch" -> architectures.add(value);
                case "test_caps" -> capabilities(value);
                case "test_btf_path" -> outside = "types of a kernel";
                case "test_linear_size" -> outside = number(value) == 0 ? "" : "packets in pieces";
                default -> {}
            }
        }

        private boolean use(boolean value) {
            used = true;
            return value;
        }

        private void flag(String text) throws LoadException {
            boolean clear = text.startsWith("!");
            String name = clear ? text.substring(1) : text;
            Flag flag =
                    switch (name) {
                        case "BPF_F_STRICT_ALIGNMENT" -> Flag.STRICT_ALIGNMENT;
                        case "BPF_F_ANY_ALIGNMENT" -> Flag.ANY_ALIGNMENT;
                        case "BPF_F_TEST_STATE_FREQ" -> Flag.TEST_STATE_FREQ;
                        case "BPF_F_SLEEPABLE" -> Flag.SLEEPABLE;
                        case "BPF_F_XDP_HAS_FRAGS" -> Flag.XDP_HAS_FRAGS;
                        case "BPF_F_TEST_REG_INVARIANTS" -> Flag.TEST_REG_INVARIANTS;
                        default -> null;
                    };
            if (flag != null) {
                set(flag, !clear);
            } else if (!name.equals("BPF_F_TEST_RND_HI32")) {
                int bits = number(name);
                Flag[] byBit = {
                    Flag.STRICT_ALIGNMENT,
                    Flag.ANY_ALIGNMENT,
                    null,
                    Flag.TEST_STATE_FREQ,
                    Flag.SLEEPABLE,
                    Flag.XDP_HAS_FRAGS,
                    null,
                    Flag.TEST_REG_INVARIANTS
                };
                for (int bit = 0; bit < byBit.length; bit++) {
                    if (byBit[bit] != null && (bits >> bit & 1) != 0) {
                        set(byBit[bit], !clear);
                    }
                }
            }
        }

        private void set(Flag flag, boolean on) {
            if (on) {
                flags.add(flag);
            } else {
                flags.remove(flag);
            }
        }

        /// Reads names such as `CAP_BPF|CAP_PERFMON`, or their numbers.
        private void capabilities(String value) {
            for (String name : value.split("[|,= ]+")) {
                switch (name) {
                    case "CAP_BPF", "39" -> capabilities.add(Capability.BPF);
                    case "CAP_NET_ADMIN", "12" -> capabilities.add(Capability.NET_ADMIN);
                    case "CAP_PERFMON", "38" -> capabilities.add(Capability.PERFMON);
                    default -> {}
                }
            }
        }

        void inherit(Reader privileged) {
            if (accepts == null) {
                accepts = privileged.accepts;
            }
            if (!runs) {
                runs = privileged.runs;
                retval = privileged.retval;
            }
            if (messages.isEmpty()) {
                messages = privileged.messages;
            }
            if (absent.isEmpty()) {
                absent = privileged.absent;
            }
        }

        SelftestExpectation expectation(Reader both, boolean isUnprivileged) throws LoadException {
            boolean accepted = accepts == null || accepts;
            boolean pointer = POINTERS.contains(retval);
            return new SelftestExpectation(
                    isUnprivileged,
                    accepted,
                    List.copyOf(messages),
                    List.copyOf(absent),
                    accepted && runs && !pointer ? (Integer) retval(retval) : null,
                    accepted && runs && pointer,
                    both.logLevel,
                    both.flags,
                    both.architectures,
                    capabilities,
                    both.outside);
        }

        private static int retval(String text) throws LoadException {
            return switch (text) {
                case "INT_MIN" -> Integer.MIN_VALUE;
                case "TEST_DATA_LEN" -> DATA_LENGTH;
                default -> number(text);
            };
        }

        private static int number(String text) throws LoadException {
            String bare = text.strip();
            if (bare.startsWith("(") && bare.endsWith(")")) {
                return number(bare.substring(1, bare.length() - 1));
            }
            try {
                return Long.decode(bare).intValue();
            } catch (NumberFormatException e) {
                throw new LoadException("a test tag has '" + text + "' in place of a number", e);
            }
        }
    }
}
