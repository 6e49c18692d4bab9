package bpf4j.cli;

/// Input that a command cannot use; the message is the one line that its user reads.
///
/// The line names the file first, then what is wrong: `firewall.o: is empty`.
final class UnusableInputException extends RuntimeException {
    UnusableInputException(String line) {
        super(line);
    }

    UnusableInputException(String line, Throwable cause) {
        super(line, cause);
    }
}
