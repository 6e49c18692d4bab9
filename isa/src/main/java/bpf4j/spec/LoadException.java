package bpf4j.spec;

/// Input that cannot be used: an object file, BTF, a case file, an expression, a capture. The
/// message
/// is one line that names the place (file, section, symbol, offset or instruction) and the remedy.
public class LoadException extends Exception {
    private static final long serialVersionUID = 1;

    /// An error with its one-line message.
    public LoadException(String message) {
        super(message);
    }

    /// An error with its one-line message and what caused it.
    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
