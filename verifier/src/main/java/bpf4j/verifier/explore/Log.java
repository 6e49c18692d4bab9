package bpf4j.verifier.explore;

import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.check.Env;
import bpf4j.verifier.report.InsnText;
import bpf4j.verifier.report.StateText;
import bpf4j.verifier.state.Frame;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The log of an exploration, in Linux's form: each instruction with what it changed. Level 1 keeps
/// the path being explored, level 2 everything.
final class Log {
    private static final int MAX_LINES = 2_000_000;

    private final Env env;
    private final int level;
    private final ArrayList<String> lines = new ArrayList<>();
    private ProgramSpec.@Nullable Line source;
    private @Nullable Frame before;

    Log(Env env) {
        this.env = env;
        level = env.options.logLevel() & 3;
    }

    boolean isOn() {
        return level > 0 && lines.size() < MAX_LINES;
    }

    List<String> lines() {
        return lines;
    }

    /// Lines so far, to come back to when a path ends.
    int position() {
        return lines.size();
    }

    /// A path that waited is taken up.
    void resume(int position) {
        if (level == 1) {
            while (lines.size() > position) {
                lines.remove(lines.size() - 1);
            }
        } else if (isOn()) {
            lines.add("");
            lines.add("from " + env.previousPc + " to " + env.pc + ":" + StateText.of(env.state));
        }
    }

    /// A line of its own.
    void message(String text) {
        if (isOn()) {
            lines.add(text);
        }
    }

    /// An instruction is about to be executed.
    void begin() {
        if (!isOn()) {
            return;
        }
        ProgramSpec.Line line = env.spec.lineAt(env.pc);
        if (line != null && !line.equals(source)) {
            String file = line.file().substring(line.file().lastIndexOf('/') + 1);
            lines.add("; " + line.text().strip() + " @ " + file + ":" + line.line());
            source = line;
        }
        lines.add(env.pc + ": " + InsnText.of(env.spec, env.pc));
        before = env.frame().copy();
    }

    /// The instruction was executed.
    void end() {
        Frame earlier = before;
        if (!isOn() || earlier == null || lines.isEmpty()) {
            return;
        }
        String changes = StateText.changes(earlier, env.state);
        if (!changes.isEmpty()) {
            int last = lines.size() - 1;
            String line = lines.get(last);
            int pad = Math.max(line.length() + 4, 40);
            pad = (pad + 7) / 8 * 8 - 1;
            lines.set(
                    last, line + " ".repeat(Math.max(1, pad - line.length() - 1)) + ";" + changes);
        }
    }
}
