package bpf4j.verifier;

import bpf4j.btf.Btf;
import bpf4j.isa.Assembler;
import bpf4j.isa.AssemblyException;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// A program as assembly text with the verdict that it is to get, from the files `verdicts/*.txt`:
///
/// ```
/// == what it shows, as a sentence
/// @value m bpf_spin_lock:0 int:4      the members of a map's values, by type and offset
/// @functions main(ctx) f(int,long*)   the types of its functions, the global ones with a + before
/// assembly text
/// %lookup m                           key 0 of a map with keys of 4 bytes
/// -> ok                               or what the refusal begins with
/// unprivileged -> ok                  the same without capabilities, where it is to be tried
/// ```
///
/// The texts after `->` are Linux 6.18's, which was asked.
record WrittenCase(
        String name, String text, List<String> directives, String trusted, String unprivileged) {
    static final List<String> FILES =
            List.of(
                    "memory",
                    "pointers",
                    "calls",
                    "control",
                    "resources",
                    "functions",
                    "numbers",
                    "rules");

    private static final String LOOKUP =
            """
            *(u32 *)(r10 - 4) = 0
            r2 = r10
            r2 += -4
            r1 = %s ll
            call bpf_map_lookup_elem
            """;

    static List<WrittenCase> all() {
        List<WrittenCase> cases = new ArrayList<>();
        for (String file : FILES) {
            String path = "verdicts/" + file + ".txt";
            try (InputStream in = WrittenCase.class.getResourceAsStream(path)) {
                cases.addAll(read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return cases;
    }

    static List<WrittenCase> read(String file) {
        List<WrittenCase> cases = new ArrayList<>();
        for (String part : file.split("(?m)^== ")) {
            if (part.isBlank()) {
                continue;
            }
            StringBuilder text = new StringBuilder();
            List<String> directives = new ArrayList<>();
            String trusted = "";
            String unprivileged = "";
            String[] lines = part.split("\n");
            for (int i = 1; i < lines.length; i++) {
                String line = lines[i];
                if (line.startsWith("@")) {
                    directives.add(line.substring(1).strip());
                } else if (line.startsWith("-> ")) {
                    trusted = line.substring(3).strip();
                } else if (line.startsWith("unprivileged -> ")) {
                    unprivileged = line.substring(16).strip();
                } else if (line.startsWith("%lookup ")) {
                    text.append(LOOKUP.formatted(line.substring(8).strip()));
                } else {
                    text.append(line).append('\n');
                }
            }
            cases.add(
                    new WrittenCase(
                            lines[0].strip(), text.toString(), directives, trusted, unprivileged));
        }
        return cases;
    }

    ProgramSpec spec() throws AssemblyException {
        ProgramSpec plain = Assembler.assemble(text, name);
        if (directives.isEmpty()) {
            return plain;
        }
        WrittenTypes types = new WrittenTypes();
        List<MapSpec> maps = new ArrayList<>(plain.maps());
        List<ProgramSpec.Function> functions = new ArrayList<>();
        for (String directive : directives) {
            String[] words = directive.split(" ");
            if (words[0].equals("value")) {
                int type = types.struct("value_of_" + words[1], words);
                maps.replaceAll(map -> map.name().equals(words[1]) ? typed(map, types, type) : map);
            } else {
                List<Integer> starts = starts(plain);
                for (int i = 1; i < words.length; i++) {
                    String word = words[i];
                    functions.add(
                            new ProgramSpec.Function(
                                    starts.get(i - 1),
                                    word.substring(word.startsWith("+") ? 1 : 0, word.indexOf('(')),
                                    types.function(word)));
                }
            }
        }
        Btf btf = types.btf();
        maps.replaceAll(map -> map.valueType() == 0 ? map : withBtf(map, btf));
        return new ProgramSpec(
                plain.name(),
                plain.section(),
                plain.type(),
                plain.license(),
                plain.code(),
                maps,
                plain.externs(),
                btf,
                functions,
                plain.lines(),
                plain.flags());
    }

    private static MapSpec typed(MapSpec map, WrittenTypes types, int type) {
        return with(map, null, types.key(map.keySize()), type);
    }

    private static MapSpec withBtf(MapSpec map, Btf btf) {
        return with(map, btf, map.keyType(), map.valueType());
    }

    private static MapSpec with(MapSpec map, @Nullable Btf btf, int key, int value) {
        return new MapSpec(
                map.name(),
                map.type(),
                map.keySize(),
                map.valueSize(),
                map.maxEntries(),
                map.flags(),
                map.extra(),
                map.inner(),
                btf,
                key,
                value,
                map.initial(),
                map.frozen(),
                map.pinning());
    }

    /// Where functions begin: the entry, what is called, what is passed as a callback.
    private static List<Integer> starts(ProgramSpec spec) {
        TreeSet<Integer> starts = new TreeSet<>();
        starts.add(0);
        for (int pc = 0; pc < spec.code().size(); pc = spec.code().next(pc)) {
            Insn insn = spec.code().at(pc);
            if (insn instanceof Insn.CallLocal call) {
                starts.add(pc + 1 + call.offset());
            } else if (insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC) {
                starts.add(pc + 1 + load.imm());
            }
        }
        return List.copyOf(starts);
    }

    /// The first line of the refusal, or `ok`.
    static String verdict(ProgramSpec spec, LoadPolicy policy) {
        try {
            Verifier.verify(spec, policy);
            return "ok";
        } catch (VerificationException e) {
            return e.rejection().kernelText().lines().findFirst().orElse("");
        }
    }
}
