package bpf4j.testkit.external;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/// A plugin of the public conformance suite (github.com/Alan-Jowett/bpf_conformance): a process for
/// each run, the memory as its argument, the program on its standard input, r0 on its standard
/// output, all in hexadecimal. Of memory afterwards it tells nothing.
public final class Plugin implements External {
    private static final HexFormat BYTES = HexFormat.ofDelimiter(" ");
    private static final Pattern NUMBER = Pattern.compile("(0[xX])?[0-9a-fA-F]{1,16}");

    private final CommandLine command;
    private final long patience;

    /// A plugin.
    ///
    /// @param patience nanoseconds after which a run counts as endless
    public Plugin(CommandLine command, long patience) {
        this.command = command;
        this.patience = patience;
    }

    @Override
    public String name() {
        return command.text();
    }

    @Override
    public List<Answer> run(Code program, List<byte[]> memories) {
        String text = BYTES.formatHex(Codec.encode(program, ByteOrder.LITTLE_ENDIAN));
        List<Answer> answers = new ArrayList<>();
        for (byte[] memory : memories) {
            answers.add(run(text, memory));
        }
        return answers;
    }

    private Answer run(String program, byte[] memory) {
        try (Child child = new Child(command.with(BYTES.formatHex(memory)))) {
            child.send(program + "\n", true);
            String line = child.line(patience).strip();
            if (!child.succeeds(patience)) {
                return Answer.trouble(child.status(0) + " (prints \"" + shown(line) + "\")");
            }
            if (!NUMBER.matcher(line).matches()) {
                return Answer.trouble("prints \"" + shown(line) + "\", not r0 in hexadecimal");
            }
            String digits = line.regionMatches(true, 0, "0x", 0, 2) ? line.substring(2) : line;
            return new Answer(Long.parseUnsignedLong(digits, 16), null, "");
        } catch (Child.NoAnswer e) {
            return Answer.trouble(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Answer.trouble("cannot be started: " + e.getMessage());
        }
    }

    static String shown(String line) {
        return line.length() > 80 ? line.substring(0, 80) + "..." : line;
    }

    @Override
    public void close() {
        // Every run has a process of its own, which ended with it.
    }
}
