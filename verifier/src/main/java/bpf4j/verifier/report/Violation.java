package bpf4j.verifier.report;

/// A rule was broken: ends an exploration. Never leaves the verifier, which turns it into a
/// rejection.
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Operation not permitted.
    public static final int EPERM = 1;

    /// Argument list too long: a limit.
    public static final int E2BIG = 7;

    /// Permission denied: an access.
    public static final int EACCES = 13;

    /// Bad address: a broken assumption.
    public static final int EFAULT = 14;

    /// Invalid argument: everything else.
    public static final int EINVAL = 22;

    /// Operation not supported (Linux's internal number).
    public static final int ENOTSUPP = 524;

    private final Rule rule;
    private final int errno;
    private final int pc;
    private final int register;

    /// A broken rule.
    ///
    /// @param pc the slot of the instruction, or -1 for the one being explored
    /// @param register the register that is to blame, or -1
    /// @param kernelText what Linux says
    public Violation(Rule rule, int errno, int pc, int register, String kernelText) {
        super(kernelText, null, false, false);
        this.rule = rule;
        this.errno = errno;
        this.pc = pc;
        this.register = register;
    }

    /// At the instruction that is being explored.
    public static Violation of(Rule rule, int errno, String kernelText) {
        return new Violation(rule, errno, -1, -1, kernelText);
    }

    /// `EACCES`, at the instruction that is being explored, because of a register.
    public static Violation access(Rule rule, int register, String kernelText) {
        return new Violation(rule, EACCES, -1, register, kernelText);
    }

    /// `EINVAL`, at the instruction that is being explored, because of a register.
    public static Violation invalid(Rule rule, int register, String kernelText) {
        return new Violation(rule, EINVAL, -1, register, kernelText);
    }

    /// The same at an instruction.
    public Violation at(int slot) {
        return new Violation(rule, errno, slot, register, kernelText());
    }

    /// The rule.
    public Rule rule() {
        return rule;
    }

    /// Linux's error number.
    public int errno() {
        return errno;
    }

    /// The slot of the instruction, or -1 for the one being explored.
    public int pc() {
        return pc;
    }

    /// The register that is to blame, or -1.
    public int register() {
        return register;
    }

    /// What Linux says.
    public String kernelText() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
