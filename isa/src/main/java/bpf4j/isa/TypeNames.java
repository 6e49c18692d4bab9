package bpf4j.isa;

import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Reads `.program TYPE[, ATTACH_TYPE]`: Linux's name or number of a program type, and the number
/// of the expected attach type.
final class TypeNames {
    static final ProgramType DEFAULT = ProgramTypes.SOCKET_FILTER;

    private TypeNames() {}

    static ProgramType read(Line line) throws AssemblyException {
        Token word = line.peek();
        int number = line.atNumber() ? (int) line.number(0, 1000, "a program type") : -1;
        String name = number < 0 ? line.word("a program type such as xdp").text() : "";
        int attach = line.accept(",") ? (int) line.number(0, 1000, "an attach type") : 0;
        if (number >= 0) {
            try {
                return ProgramTypes.of(number, attach);
            } catch (LoadException e) {
                throw line.error(word, String.valueOf(e.getMessage()));
            }
        }
        List<String> known = new ArrayList<>();
        for (int candidate : ProgramTypes.numbers()) {
            ProgramType type = find(candidate, attach);
            if (type != null && type.name().equals(name)) {
                return type;
            }
            if (type != null) {
                known.add(type.name());
            }
        }
        throw line.error(
                word,
                "unknown program type '"
                        + name
                        + "'"
                        + (attach == 0 ? "" : " with attach type " + attach)
                        + Nearest.suggestion(name, known));
    }

    /// The type with a number, or null where it has no such attach type.
    private static @Nullable ProgramType find(int number, int attach) {
        try {
            return ProgramTypes.of(number, attach);
        } catch (LoadException e) {
            return null;
        }
    }
}
