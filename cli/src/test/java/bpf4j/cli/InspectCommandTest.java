package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

class InspectCommandTest {
    private static final Path ROOT = Path.of(System.getProperty("bpf4j.root", ".."));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    private int inspect(String... args) {
        String[] words = new String[args.length + 1];
        words[0] = "inspect";
        System.arraycopy(args, 0, words, 1, args.length);
        return Main.run(new PrintWriter(out), new PrintWriter(err), words);
    }

    private static String object(String name) {
        return ROOT.resolve("loader/src/test/resources/objects/" + name + ".bpf.o").toString();
    }

    @Test
    void programsMapsVariablesAndRelocationsAreShown() {
        assertEquals(0, inspect(object("globals"), "--set", "config.port=8080"), err.toString());
        String text = out.toString();
        assertTrue(text.contains("  use  SEC(\"xdp\")  xdp\n"), text);
        assertTrue(text.contains("helpers: trace_printk"), text);
        assertTrue(text.contains("config = {port = 8080, peer = 0.0.0.0, mode = MODE_COUNT"), text);
        assertTrue(text.contains("flags 0x480, frozen"), text);
        assertTrue(text.contains("R_BPF_64_64: "), text);
    }

    @Test
    void whatIsUnsupportedIsNamedWithItsReason() throws Exception {
        assertEquals(0, inspect("--json", object("unsupported")), err.toString());
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertEquals(3, report.get("programs").size());
        assertEquals(2, report.get("unsupported").size());
        assertTrue(report.at("/programs/1/reason").asText().startsWith("freplace"));
    }

    @Test
    void severalObjectsAreLinked() {
        assertEquals(0, inspect(object("link_main"), object("link_library")), err.toString());
        assertTrue(out.toString().contains("main_program"), out.toString());
        assertTrue(out.toString().contains("library_program"), out.toString());
    }

    @Test
    void relocationsToATargetThatLacksSomethingAreShown() {
        assertEquals(
                0,
                inspect(object("core_reader"), "--target", object("core_layout_removed")),
                err.toString());
        assertTrue(out.toString().contains("relocations without an answer at slots: "));
    }

    @Test
    void unusableFilesGiveOneLineAndStatusTwo() throws Exception {
        Path text = Files.writeString(folder.resolve("text.o"), "hello\n");
        assertEquals(2, inspect(text.toString()));
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains("not an ELF object but text"), err.toString());
    }
}
