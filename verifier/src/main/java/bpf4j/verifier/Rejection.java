package bpf4j.verifier;

import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Why a program was refused, as data.
///
/// @param rule the rule that was broken, such as `UNREADABLE_REGISTER`
/// @param errno Linux's error number, such as 13 (`EACCES`)
/// @param pc the slot of the instruction, or -1 when the whole program is meant
/// @param kernelText what Linux says, word for word
/// @param reason the same in words that name causes
/// @param source the source line of the instruction, or null
/// @param path how execution gets there, in order: only what matters to the reason
/// @param missing what would have made the program acceptable, or empty
/// @param suggestion what to change, or empty
public record Rejection(
        String rule,
        int errno,
        int pc,
        String kernelText,
        String reason,
        ProgramSpec.@Nullable Line source,
        List<Event> path,
        String missing,
        String suggestion) {
    public Rejection {
        path = List.copyOf(path);
    }

    /// A step on the path.
    ///
    /// @param pc the slot of the instruction
    /// @param what what it does there, such as `if r7 > 4: not taken`
    /// @param source its source line, or null
    public record Event(int pc, String what, ProgramSpec.@Nullable Line source) {}

    /// The rejection as text of several lines, the first as Linux writes it.
    public String text() {
        StringBuilder text = new StringBuilder(kernelText);
        text.append("\nVerification failed: [").append(rule).append(']');
        if (!reason.isEmpty()) {
            text.append("\nReason: ").append(reason);
        }
        if (pc >= 0) {
            text.append("\nAt:     ").append(place(pc, source));
        }
        if (!path.isEmpty()) {
            text.append("\nCausal path:");
            for (Event event : path) {
                text.append("\n  ").append(place(event.pc, event.source)).append(": ");
                text.append(event.what);
            }
        }
        if (!missing.isEmpty()) {
            text.append("\nMissing: ").append(missing);
        }
        if (!suggestion.isEmpty()) {
            text.append("\nSuggestion: ").append(suggestion);
        }
        return text.toString();
    }

    private static String place(int pc, ProgramSpec.@Nullable Line line) {
        if (line == null) {
            return "insn " + pc;
        }
        return line.file() + ":" + line.line() + " `" + line.text().strip() + "`, insn " + pc;
    }
}
