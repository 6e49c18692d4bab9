package bpf4j.cli;

/// The exit statuses of the `bpf4j` command.
final class ExitStatus {
    /// The command did what it was asked to, and a verified program was accepted.
    static final int OK = 0;

    /// The verifier refused the program.
    static final int REFUSED = 1;

    /// The command line, or a file it names, cannot be used.
    static final int UNUSABLE = 2;

    /// bpf4j itself failed.
    static final int DEFECT = 3;

    private ExitStatus() {}
}
