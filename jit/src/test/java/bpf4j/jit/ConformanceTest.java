package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.Codec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;

import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The cases of the public conformance suite (results are unsigned decimal numbers), where they are
/// on this machine: in the folder that
/// the system property `bpf4j.conformance` names, or beside the repository.
class ConformanceTest {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":\"([^\"]*)\"");

    @Test
    void everyCaseGivesItsResult() throws Exception {
        Path file = cases();
        if (!Files.exists(file)) {
            System.out.println("conformance: skipped, " + file + " does not exist");
        }
        assumeTrue(Files.exists(file));
        List<String> failures = new ArrayList<>();
        int count = 0;
        for (String line : Files.readAllLines(file)) {
            count++;
            Matcher fields = FIELD.matcher(line);
            String name = "";
            String memory = "";
            String insns = "";
            String result = "";
            while (fields.find()) {
                switch (fields.group(1)) {
                    case "file" -> name = fields.group(2);
                    case "mem" -> memory = fields.group(2);
                    case "insns" -> insns = fields.group(2);
                    case "result" -> result = fields.group(2);
                    default -> {}
                }
            }
            String actual = run(insns, memory);
            if (!actual.equals(result)) {
                failures.add(name + ": expected " + result + " but was " + actual);
            }
        }
        System.out.println(
                "conformance, JIT without facts: " + (count - failures.size()) + " of " + count);
        assertEquals(List.of(), failures);
        assertTrue(count > 0, "no cases in " + file);
    }

    private static Path cases() {
        String folder = System.getProperty("bpf4j.conformance");
        Path root = Path.of(System.getProperty("bpf4j.root", ".."));
        return (folder != null ? Path.of(folder) : root.resolve("../shared/conformance"))
                .resolve("cases.jsonl")
                .normalize();
    }

    private static String run(String insns, String memory) {
        try {
            ProgramSpec spec =
                    ProgramSpec.of(
                            "case",
                            ProgramTypes.SOCKET_FILTER,
                            Codec.decode(HexFormat.of().parseHex(insns), ByteOrder.LITTLE_ENDIAN),
                            List.of());
            AddressSpace space = new AddressSpace();
            // The suite's helper 5 tells whether to unwind; ours never does.
            HelperTable helpers = HelperTable.of(Map.of(5, (x, r1, r2, r3, r4, r5) -> r1));
            Execution execution = new Execution(space);
            execution.prepareMemory(HexFormat.of().parseHex(memory));
            return Long.toUnsignedString(
                    Jit.load(CheckedProgram.of(spec), new Bindings(space, List.of(), helpers))
                            .run(execution));
        } catch (Exception e) {
            return e.toString();
        }
    }
}
