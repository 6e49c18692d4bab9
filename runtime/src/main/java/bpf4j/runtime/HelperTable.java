package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// Helpers by number, immutable.
public final class HelperTable {
    private final Map<Integer, HelperFunction> functions;

    private HelperTable(Map<Integer, HelperFunction> functions) {
        this.functions = functions;
    }

    /// A table of these helpers.
    public static HelperTable of(Map<Integer, HelperFunction> functions) {
        return new HelperTable(Map.copyOf(functions));
    }

    /// This table with one more helper, or another one in its place.
    public HelperTable with(int id, HelperFunction function) {
        Map<Integer, HelperFunction> changed = new HashMap<>(functions);
        changed.put(id, function);
        return new HelperTable(Map.copyOf(changed));
    }

    /// The helper with this number, or null.
    public @Nullable HelperFunction find(int id) {
        return functions.get(id);
    }
}
