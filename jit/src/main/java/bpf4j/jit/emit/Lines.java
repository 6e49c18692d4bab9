package bpf4j.jit.emit;

import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Which source line each instruction came from, so that stack traces and profilers show the
/// program's source.
final class Lines {
    private static final int GREATEST = 0xFFFF;

    private final List<ProgramSpec.Line> lines;
    private int next;
    private int shown = -1;

    /// Lines of a program for methods that are written in ascending order of slots.
    Lines(ProgramSpec spec) {
        lines = spec.lines();
    }

    /// The name of the source file, or null.
    static @Nullable String file(ProgramSpec spec) {
        return spec.lines().isEmpty() ? null : spec.lines().getFirst().file();
    }

    /// Begins another method.
    void restart() {
        next = 0;
        shown = -1;
    }

    /// Says that the instruction at slot `pc` comes next.
    void at(int pc, Writer writer) {
        if (next > 0 && lines.get(next - 1).pc() > pc) {
            next = 0;
        }
        while (next < lines.size() && lines.get(next).pc() <= pc) {
            next++;
        }
        int line = next == 0 ? 0 : lines.get(next - 1).line();
        if (line != shown && line > 0 && line <= GREATEST) {
            writer.line(line);
        }
        shown = line;
    }
}
