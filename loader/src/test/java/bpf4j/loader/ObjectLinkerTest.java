package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

final class ObjectLinkerTest {
    private static final List<Path> HALVES =
            List.of(TestObjects.path("link_main"), TestObjects.path("link_library"));

    @TempDir private Path folder;

    @Test
    void definitionsResolveExternsAndStrongOnesWin() throws LoadException {
        ObjectSpec linked = ObjectSpec.link(HALVES);
        ProgramSpec main = linked.link("main_program");
        assertEquals(
                List.of("main_program", "helper", "decide", "helper", "both"),
                main.functions().stream().map(ProgramSpec.Function::name).toList());
        assertEquals(
                List.of("count", "limit", "threshold", "seen"),
                linked.variables().stream().map(Variable::name).toList());
        assertEquals(2, linked.programs().size());
        assertTrue(main.lines().stream().anyMatch(l -> l.file().endsWith("link_library.bpf.c")));
        assertTrue(main.lines().stream().anyMatch(l -> l.file().endsWith("link_main.bpf.c")));
    }

    @Test
    void theResultIsThatOfBpftool() throws Exception {
        Path output = folder.resolve("link_main.o");
        assumeTrue(bpftool(output), "needs bpftool");
        ObjectSpec theirs = ObjectSpec.load(output);
        ObjectSpec ours = ObjectSpec.link(HALVES);
        for (String program : List.of("main_program", "library_program")) {
            assertArrayEquals(
                    theirs.linked(program).slots(), ours.linked(program).slots(), program);
        }
        assertEquals(
                theirs.maps().stream().map(ObjectLinkerTest::summary).toList(),
                ours.maps().stream().map(ObjectLinkerTest::summary).toList());
    }

    private static String summary(MapSpec map) {
        StringBuilder text = new StringBuilder(map.name() + " " + map.type() + map.valueSize());
        for (MapSpec.Entry entry : map.initial()) {
            if (entry.content() instanceof MapSpec.Content.Bytes bytes) {
                text.append(java.util.Arrays.toString(bytes.value()));
            }
        }
        return text.toString();
    }

    private static boolean bpftool(Path output) throws InterruptedException {
        try {
            return new ProcessBuilder(
                                    "bpftool",
                                    "gen",
                                    "object",
                                    output.toString(),
                                    HALVES.get(0).toString(),
                                    HALVES.get(1).toString())
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            System.out.println("no bpftool to compare with: " + e.getMessage());
            return false;
        }
    }

    private static String refusal(String... names) {
        List<Path> paths = java.util.Arrays.stream(names).map(TestObjects::path).toList();
        return String.valueOf(
                assertThrows(LoadException.class, () -> ObjectSpec.link(paths)).getMessage());
    }

    @Test
    void conflictsAreNamed() {
        assertEquals(
                "'first' is defined in 'nested_maps' and in 'calls'; one of them must be __weak",
                refusal("several", "nested_maps", "calls"));
        assertTrue(refusal("calls", "calls_v4").contains("one of them must be __weak"));
        assertEquals(
                "object 'calls_be' has another byte order than 'calls'",
                refusal("calls", "calls_be"));
    }

    @Test
    void externsWithoutDefinitionAreNamedWhereTheyAreUsed() {
        String message =
                String.valueOf(
                        assertThrows(
                                        LoadException.class,
                                        () -> TestObjects.load("link_main").programs())
                                .getMessage());
        assertTrue(message.contains("'threshold'") || message.contains("'limit'"), message);
    }
}
