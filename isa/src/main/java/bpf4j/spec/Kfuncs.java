package bpf4j.spec;

import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.KfuncSpec.Return;
import bpf4j.spec.KfuncSpec.Role;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The kfuncs of Linux that need no types of the kernel, by name, from `kfuncs.txt`.
public final class Kfuncs {
    private static final Map<String, KfuncSpec> BY_NAME = new HashMap<>();

    static {
        for (String line : Table.read("kfuncs.txt")) {
            KfuncSpec kfunc = parse(line);
            BY_NAME.put(kfunc.name(), kfunc);
        }
    }

    private Kfuncs() {}

    /// The prototype of a name such as `bpf_iter_num_new`, or null where it is out of scope.
    public static @Nullable KfuncSpec byName(String name) {
        return BY_NAME.get(name);
    }

    private static KfuncSpec parse(String line) {
        int colon = line.indexOf(": ");
        int arrow = line.indexOf("-> ");
        int semicolon = line.indexOf("; ");
        int at = line.substring(0, colon).indexOf('@');
        List<Arg> args = new ArrayList<>();
        for (String word : Helpers.words(line.substring(colon + 2, arrow))) {
            args.add(Helpers.arg(word));
        }
        return new KfuncSpec(
                line.substring(0, at < 0 ? colon : at),
                result(line.substring(arrow + 3, semicolon)),
                args,
                Role.valueOf(line.substring(semicolon + 2).toUpperCase(Locale.ROOT)),
                at < 0 ? Set.of() : Set.of(line.substring(at + 1, colon).split(",")));
    }

    private static Return result(String word) {
        return switch (word) {
            case "void" -> Return.VOID;
            case "int" -> Return.INTEGER;
            case "mem4?" -> Return.MEM4_OR_NULL;
            case "slice?" -> Return.SLICE_OR_NULL;
            default -> throw new AssertionError("kfuncs.txt: result " + word);
        };
    }
}
