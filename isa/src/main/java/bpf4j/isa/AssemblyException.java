package bpf4j.isa;

import bpf4j.spec.LoadException;

/// Assembly text that is no program. The message is one line; [#display] shows the place.
public final class AssemblyException extends LoadException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String sourceLine;
    private final String problem;

    AssemblyException(String file, int line, int column, String sourceLine, String problem) {
        super(file + ":" + line + ":" + column + ": " + problem);
        this.line = line;
        this.column = column;
        this.sourceLine = sourceLine;
        this.problem = problem;
    }

    /// The line, from 1.
    public int line() {
        return line;
    }

    /// The column in UTF-16 units, from 1; one past the line's end where something is missing.
    public int column() {
        return column;
    }

    /// The line's text.
    public String sourceLine() {
        return sourceLine;
    }

    /// What is wrong, without the place, with a suggestion where one is near.
    public String problem() {
        return problem;
    }

    /// The message, the source line, and a caret below the column.
    public String display() {
        StringBuilder caret = new StringBuilder();
        for (int i = 0; i < column - 1; i++) {
            caret.append(i < sourceLine.length() && sourceLine.charAt(i) == '\t' ? '\t' : ' ');
        }
        return getMessage() + "\n" + sourceLine + "\n" + caret + "^";
    }
}
