package bpf4j.cli;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.testkit.external.Child;
import bpf4j.testkit.external.CommandLine;
import bpf4j.testkit.external.External;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/// A process that reads cases, one JSON object a line, and answers each with one line; see
/// `docs/fuzzing.md`. It is started again when it dies or does not answer.
final class CaseStream implements External {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private final CommandLine command;
    private final long patience;
    private @Nullable Child child;
    private long cases;

    /// A process.
    ///
    /// @param patience nanoseconds after which a case counts as endless
    CaseStream(CommandLine command, long patience) {
        this.command = command;
        this.patience = patience;
    }

    @Override
    public String name() {
        return command.text();
    }

    @Override
    public List<Answer> run(Code program, List<byte[]> memories) {
        String trouble;
        try {
            Child process = child;
            if (process == null) {
                process = new Child(command.words());
                child = process;
            }
            String name = "case " + ++cases;
            process.send(line(name, program, memories), false);
            return answers(name, process.line(patience), memories.size());
        } catch (Child.NoAnswer | Rubbish e) {
            trouble = String.valueOf(e.getMessage());
        } catch (IOException e) {
            trouble = "cannot be started: " + e.getMessage();
        }
        close();
        return Collections.nCopies(memories.size(), Answer.trouble(trouble));
    }

    private static String line(String name, Code program, List<byte[]> memories) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name);
        json.put("prog_type", "socket_filter");
        json.put("insns", HEX.formatHex(Codec.encode(program, ByteOrder.LITTLE_ENDIAN)));
        ArrayNode runs = json.putArray("runs");
        for (byte[] memory : memories) {
            runs.addObject().put("data", HEX.formatHex(memory));
        }
        return json + "\n";
    }

    private static List<Answer> answers(String name, String line, int expected) throws Rubbish {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new Rubbish("prints \"" + shown(line) + "\", not a JSON object");
        }
        if (json == null || !json.isObject()) {
            throw new Rubbish("prints \"" + shown(line) + "\", not a JSON object");
        }
        if (!json.path("name").asText(name).equals(name)) {
            throw new Rubbish(
                    "answers another case than was asked, " + shown(json.path("name").asText()));
        }
        String load = json.path("load").asText("accept");
        if (!load.equals("accept")) {
            String why = json.path("error").asText(json.path("log").asText(""));
            String text = "refuses the program" + (why.isEmpty() ? "" : ": " + shown(why));
            return Collections.nCopies(expected, Answer.trouble(text));
        }
        JsonNode runs = json.path("runs");
        if (!runs.isArray() || runs.size() != expected) {
            throw new Rubbish(
                    "answers %d runs of %d: %s".formatted(runs.size(), expected, shown(line)));
        }
        List<Answer> answers = new ArrayList<>();
        for (JsonNode run : runs) {
            answers.add(answer(run));
        }
        return answers;
    }

    private static Answer answer(JsonNode run) throws Rubbish {
        String fault = run.path("fault").asText("");
        if (!fault.isEmpty() || run.path("err").asInt(0) != 0) {
            return Answer.trouble(
                    "faults: " + (fault.isEmpty() ? "err " + run.path("err") : shown(fault)));
        }
        String r0 = run.path("r0").asText("");
        try {
            if (!r0.startsWith("0x")) {
                throw new NumberFormatException();
            }
            byte[] memory = run.has("out") ? HEX.parseHex(run.get("out").asText()) : null;
            return new Answer(Long.parseUnsignedLong(r0.substring(2), 16), memory, "");
        } catch (IllegalArgumentException e) {
            throw new Rubbish(
                    "answers a run with "
                            + shown(run.toString())
                            + "; \"r0\" must be text like \"0x2a\", \"out\" hexadecimal");
        }
    }

    private static String shown(String text) {
        return text.length() > 120 ? text.substring(0, 120) + "..." : text;
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
            child = null;
        }
    }

    /// What the process says makes no sense.
    private static final class Rubbish extends Exception {
        private static final long serialVersionUID = 1;

        Rubbish(String message) {
            super(message);
        }
    }
}
