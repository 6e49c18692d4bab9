package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// `run` and `verify` as their users meet them.
class CommandsTest {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final String FIREWALL = EXAMPLES.resolve("xdp_firewall.bpf.o").toString();
    private static final String TRAFFIC = EXAMPLES.resolve("traffic.pcap").toString();

    @TempDir Path folder;

    private record Done(int status, String out, String err) {}

    private static Done bpf4j(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err, true), arguments);
        return new Done(status, out.toString(), err.toString());
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xdp_firewall", "flow_counter", "xdp_lb", "dns_filter", "tc_mark"})
    void theExamplesAreAccepted(String name) {
        Done done = bpf4j("verify", EXAMPLES.resolve(name + ".bpf.o").toString());
        assertEquals(ExitStatus.OK, done.status, done.err);
        assertTrue(done.out.contains(name) && done.out.contains("accepted"), done.out);
    }

    @Test
    void bothEnginesPrintTheSameCountsAndMaps() throws Exception {
        JsonNode[] reports = new JsonNode[2];
        String[] engines = {"jit", "interpreter"};
        for (int i = 0; i < 2; i++) {
            Done done =
                    bpf4j(
                            "run",
                            FIREWALL,
                            "--pcap",
                            TRAFFIC,
                            "--maps",
                            "--json",
                            "--engine",
                            engines[i]);
            assertEquals(ExitStatus.OK, done.status, done.err);
            reports[i] = json(done.out);
        }
        assertEquals(reports[0].get("verdicts"), reports[1].get("verdicts"));
        assertEquals(reports[0].get("maps"), reports[1].get("maps"));
        assertEquals(2989, reports[0].get("packets").asInt());
    }

    @Test
    void outHoldsJustThePacketsThatPass() throws Exception {
        Path kept = folder.resolve("kept.pcap");
        Done done = bpf4j("run", FIREWALL, "--pcap", TRAFFIC, "--out", kept.toString(), "--json");
        assertEquals(ExitStatus.OK, done.status, done.err);
        long passed = json(done.out).get("verdicts").get("XDP_PASS").get("packets").asLong();
        Done again = bpf4j("run", FIREWALL, "--pcap", kept.toString(), "--json");
        assertEquals(passed, json(again.out).get("packets").asLong());
        assertEquals(1, json(again.out).get("verdicts").size());
        byte[] before = Files.readAllBytes(kept);
        Done refused = bpf4j("run", FIREWALL, "--pcap", TRAFFIC, "--out", kept.toString());
        assertEquals(ExitStatus.UNUSABLE, refused.status);
        assertArrayEquals(before, Files.readAllBytes(kept), "an existing file is left alone");
    }

    @Test
    void unusableInputGivesOneLineAndStatus2() throws Exception {
        byte[] object = Files.readAllBytes(Path.of(FIREWALL));
        byte[] capture = Files.readAllBytes(Path.of(TRAFFIC));
        byte[] foreign = object.clone();
        foreign[18] = 62;
        foreign[19] = 0;
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(capture, 1000));
        List<String[]> inputs =
                List.of(
                        new String[] {"run", "missing.o", "--pcap", TRAFFIC},
                        new String[] {"run", file("empty.o", new byte[0]), "--pcap", TRAFFIC},
                        new String[] {
                            "run", file("cut.o", Arrays.copyOf(object, 900)), "--pcap", TRAFFIC
                        },
                        new String[] {"run", file("x86.o", foreign), "--pcap", TRAFFIC},
                        new String[] {
                            "run", file("text.o", "hello\n".getBytes("UTF-8")), "--pcap", TRAFFIC
                        },
                        new String[] {"run", folder.toString(), "--pcap", TRAFFIC},
                        new String[] {"run", FIREWALL, "--pcap", cut.toString()},
                        new String[] {"run", FIREWALL, "--pcap", "missing.pcap"},
                        new String[] {"run", FIREWALL, "--pcap", FIREWALL},
                        new String[] {"run", FIREWALL, "--pcap", TRAFFIC, "--program", "nobody"},
                        new String[] {"run", FIREWALL, "--pcap", TRAFFIC, "--repeat", "0"},
                        new String[] {"run", FIREWALL, "--pcap", TRAFFIC, "--set", "nothing=1"},
                        new String[] {
                            "run", FIREWALL, "--pcap", TRAFFIC, "--out", folder + "/no/such/o.pcap"
                        },
                        new String[] {"verify", "missing.o"},
                        new String[] {"verify", FIREWALL, "--program", "nobody"},
                        new String[] {"case", "missing.json"},
                        new String[] {"case", file("bad.json", "{\"name\": 1".getBytes("UTF-8"))});
        for (String[] input : inputs) {
            Done done = bpf4j(input);
            String what = String.join(" ", input) + "\n" + done.err;
            assertEquals(ExitStatus.UNUSABLE, done.status, what);
            assertEquals(1, done.err.lines().count(), what);
            assertTrue(done.err.startsWith("bpf4j: "), what);
            assertFalse(done.err.contains("Exception"), what);
        }
    }

    private String file(String name, byte[] bytes) throws Exception {
        return Files.write(folder.resolve(name), bytes).toString();
    }
}
