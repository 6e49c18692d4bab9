package bpf4j.spec;

import bpf4j.spec.ContextLayout.Field;
import bpf4j.spec.ContextLayout.Guard;
import bpf4j.spec.ContextLayout.Kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The context layouts of `contexts.txt` by name.
final class Contexts {
    private static final Map<String, ContextLayout> BY_NAME = new HashMap<>();

    static {
        for (String entry : Table.read("contexts.txt")) {
            String[] words = entry.split(" +");
            List<Field> fields = new ArrayList<>();
            for (int i = 3; i < words.length; i++) {
                fields.add(field(words[i]));
            }
            BY_NAME.put(words[0], new ContextLayout(words[1], Integer.parseInt(words[2]), fields));
        }
    }

    private Contexts() {}

    static ContextLayout byName(String name) {
        ContextLayout layout = BY_NAME.get(name);
        if (layout == null) {
            throw new AssertionError("contexts.txt: no context " + name);
        }
        return layout;
    }

    /// Reads `NAME@OFFSET+SIZE[=KIND]:[rLOADS][wSTORES][!|!w]`.
    private static Field field(String word) {
        int at = word.indexOf('@');
        int plus = word.indexOf('+', at);
        int colon = word.indexOf(':', plus);
        int equals = word.indexOf('=', plus);
        Guard guard =
                word.endsWith("!w") ? Guard.STORES : word.endsWith("!") ? Guard.ALL : Guard.NONE;
        int bang = word.indexOf('!');
        String widths = word.substring(colon + 1, bang < 0 ? word.length() : bang);
        int stores = widths.indexOf('w');
        return new Field(
                word.substring(0, at),
                Integer.parseInt(word.substring(at + 1, plus)),
                Integer.parseInt(word.substring(plus + 1, equals < 0 ? colon : equals)),
                equals < 0 ? Kind.SCALAR : kind(word.substring(equals + 1, colon)),
                widths.startsWith("r")
                        ? Integer.parseInt(
                                widths.substring(1, stores < 0 ? widths.length() : stores))
                        : 0,
                stores < 0 ? 0 : Integer.parseInt(widths.substring(stores + 1)),
                guard);
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "packet" -> Kind.PACKET;
            case "packet_meta" -> Kind.PACKET_META;
            case "packet_end" -> Kind.PACKET_END;
            case "socket" -> Kind.SOCKET;
            case "socket?" -> Kind.SOCKET_OR_NULL;
            case "sock_common?" -> Kind.SOCK_COMMON_OR_NULL;
            case "flow_keys" -> Kind.FLOW_KEYS;
            case "tp_buffer" -> Kind.TP_BUFFER;
            default -> throw new AssertionError("contexts.txt: kind " + word);
        };
    }
}
