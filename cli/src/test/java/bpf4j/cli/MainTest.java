package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void helpGoesToTheOutput() {
        assertEquals(ExitStatus.OK, run("--help"));
        assertTrue(out.toString().startsWith("Usage: bpf4j"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void versionNamesTheJavaItRunsOn() {
        assertEquals(ExitStatus.OK, run("--version"));
        assertTrue(out.toString().contains("on Java " + Runtime.version()), out.toString());
    }

    @Test
    void noCommandIsUnusable() {
        assertEquals(ExitStatus.UNUSABLE, run());
        assertEquals("bpf4j: which command?\nSee bpf4j --help\n", lines());
    }

    @Test
    void unknownOptionIsUnusableAndNamed() {
        assertEquals(ExitStatus.UNUSABLE, run("--wat"));
        assertEquals("bpf4j: Unknown option: '--wat'\nSee bpf4j --help\n", lines());
        assertEquals("", out.toString());
    }

    private String lines() {
        return err.toString().replace(System.lineSeparator(), "\n");
    }
}
