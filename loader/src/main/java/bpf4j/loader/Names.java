package bpf4j.loader;

import java.util.List;

/// Names as messages show them.
final class Names {
    private static final int SHOWN = 10;

    private Names() {}

    /// A name with its control characters replaced: names are shown in messages of one line.
    static String printable(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return name.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "\ufffd");
            }
        }
        return name;
    }

    /// The first names, or `none`.
    static String list(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
    }
}
