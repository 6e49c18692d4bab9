package bpf4j.loader;

import java.util.List;

/// Lists of names for messages.
final class Names {
    private static final int SHOWN = 10;

    private Names() {}

    /// The first names, or `none`.
    static String list(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
    }
}
