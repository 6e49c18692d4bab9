package bpf4j.spec;

import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.HelperSpec.Return;
import bpf4j.spec.HelperSpec.Trait;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Linux's helpers by number and name, with the prototypes of `helpers.txt` (Linux 6.18:
/// `enum bpf_func_id`, `struct bpf_func_proto`). The prototypes of some helpers depend on the
/// program
/// type.
public final class Helpers {
    /// The highest number.
    public static final int LAST = 211;

    private static final HelperSpec[] BY_NUMBER = new HelperSpec[LAST + 1];
    private static final Map<String, HelperSpec> BY_NAME = new HashMap<>();
    private static final Map<String, HelperSpec> BY_TYPE = new HashMap<>();

    static {
        for (String line : Table.read("helpers.txt")) {
            parse(line);
        }
    }

    private Helpers() {}

    /// The prototype with a number, as most program types see it, or null.
    public static @Nullable HelperSpec byNumber(int number) {
        return number > 0 && number <= LAST ? BY_NUMBER[number] : null;
    }

    /// The prototype with a name such as `map_lookup_elem` (a leading `bpf_` is ignored), as most
    /// program types see it, or null.
    public static @Nullable HelperSpec byName(String name) {
        return BY_NAME.get(name.startsWith("bpf_") ? name.substring(4) : name);
    }

    /// The prototype with a name as programs of a type (such as `xdp`) see it, or null.
    static @Nullable HelperSpec byName(String name, String programType) {
        HelperSpec special = BY_TYPE.get(name + "@" + programType);
        return special != null ? special : byName(name);
    }

    private static void parse(String line) {
        int colon = line.indexOf(": ");
        int arrow = line.indexOf("-> ");
        String[] head = line.substring(0, colon).split(" ");
        int number = Integer.parseInt(head[0]);
        int at = head[1].indexOf('@');
        String name = at < 0 ? head[1] : head[1].substring(0, at);
        List<Arg> args = new ArrayList<>();
        for (String word : words(line.substring(colon + 2, arrow))) {
            args.add(arg(word));
        }
        String[] tail = line.substring(arrow + 3).split("; ");
        Set<Trait> traits = EnumSet.noneOf(Trait.class);
        if (tail.length > 1) {
            for (String word : words(tail[1])) {
                traits.add(trait(word));
            }
        }
        HelperSpec helper = new HelperSpec(number, name, result(tail[0]), args, traits);
        if (at < 0) {
            BY_NUMBER[number] = helper;
            BY_NAME.put(name, helper);
        } else {
            for (String type : head[1].substring(at + 1).split(",")) {
                BY_TYPE.put(name + "@" + type, helper);
            }
        }
    }

    static String[] words(String text) {
        return text.isBlank() ? new String[0] : text.strip().split(" ");
    }

    static Arg arg(String word) {
        String[] parts = word.split(":");
        Set<ArgFlag> flags = EnumSet.noneOf(ArgFlag.class);
        String kind = parts[0];
        if (kind.endsWith("?")) {
            flags.add(ArgFlag.NULLABLE);
            kind = kind.substring(0, kind.length() - 1);
        }
        for (int i = 1; i < parts.length; i++) {
            flags.add(
                    switch (parts[i]) {
                        case "ro" -> ArgFlag.RDONLY;
                        case "local" -> ArgFlag.DYNPTR_LOCAL;
                        case "ringbuf" -> ArgFlag.DYNPTR_RINGBUF;
                        case "skb" -> ArgFlag.DYNPTR_SKB;
                        case "xdp" -> ArgFlag.DYNPTR_XDP;
                        case "num" -> ArgFlag.ITER_NUM;
                        case "bits" -> ArgFlag.ITER_BITS;
                        default -> ArgFlag.valueOf(parts[i].toUpperCase(Locale.ROOT));
                    });
        }
        if (flags.contains(ArgFlag.UNINIT)) {
            flags.add(ArgFlag.WRITE);
        }
        if (kind.startsWith("mem") && kind.length() > 3) {
            return new Arg(ArgKind.FIXED_MEM, flags, Integer.parseInt(kind.substring(3)));
        }
        return new Arg(kind(kind), flags, 0);
    }

    private static ArgKind kind(String word) {
        return switch (word) {
            case "any" -> ArgKind.ANYTHING;
            case "map" -> ArgKind.CONST_MAP_PTR;
            case "key" -> ArgKind.MAP_KEY;
            case "value" -> ArgKind.MAP_VALUE;
            case "size" -> ArgKind.CONST_SIZE;
            case "size0" -> ArgKind.CONST_SIZE_OR_ZERO;
            case "lock" -> ArgKind.SPIN_LOCK;
            case "sock" -> ArgKind.SOCKET;
            case "btf" -> ArgKind.BTF_ID;
            case "btf_sock" -> ArgKind.BTF_ID_SOCK_COMMON;
            case "ringbuf" -> ArgKind.RINGBUF_MEM;
            case "alloc_size0" -> ArgKind.CONST_ALLOC_SIZE_OR_ZERO;
            case "percpu" -> ArgKind.PERCPU_BTF_ID;
            case "str" -> ArgKind.CONST_STR;
            default -> ArgKind.valueOf(word.toUpperCase(Locale.ROOT));
        };
    }

    private static Return result(String word) {
        return switch (word) {
            case "int" -> Return.INTEGER;
            case "void" -> Return.VOID;
            case "value" -> Return.MAP_VALUE;
            case "value?" -> Return.MAP_VALUE_OR_NULL;
            case "sock?" -> Return.SOCKET_OR_NULL;
            case "tcp_sock?" -> Return.TCP_SOCK_OR_NULL;
            case "sock_common?" -> Return.SOCK_COMMON_OR_NULL;
            case "ringbuf?" -> Return.RINGBUF_MEM_OR_NULL;
            case "dynptr?" -> Return.DYNPTR_MEM_OR_NULL;
            case "percpu" -> Return.MEM_OR_BTF_ID;
            case "percpu?" -> Return.MEM_OR_BTF_ID_OR_NULL;
            case "btf" -> Return.BTF_ID;
            case "btf?" -> Return.BTF_ID_OR_NULL;
            case "btf_trusted" -> Return.BTF_ID_TRUSTED;
            default -> throw new AssertionError("helpers.txt: result " + word);
        };
    }

    private static Trait trait(String word) {
        return switch (word) {
            case "gpl" -> Trait.GPL_ONLY;
            case "packet" -> Trait.PACKET_ACCESS;
            case "moves_packet" -> Trait.CHANGES_PACKET;
            case "sleeps" -> Trait.MIGHT_SLEEP;
            case "acquires" -> Trait.ACQUIRES;
            case "fastcall" -> Trait.FASTCALL;
            case "cap_bpf" -> Trait.NEEDS_BPF;
            case "cap_perfmon" -> Trait.NEEDS_PERFMON;
            default -> throw new AssertionError("helpers.txt: trait " + word);
        };
    }
}
