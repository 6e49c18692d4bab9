package bpf4j.verifier.check;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

/// What a program as a whole needs to be loaded under a policy.
public final class Requirements {
    private static final int MAX_INSNS = 1_000_000;
    private static final int MAX_UNPRIVILEGED_INSNS = 4096;
    private static final int MAX_MAPS = 64;

    private Requirements() {}

    /// Refuses a program that the policy does not permit at all.
    public static void check(ProgramSpec spec, LoadPolicy policy) {
        ProgramType type = spec.type();
        boolean bpf = policy.grants(Capability.BPF);
        if (!bpf && !type.is(ProgramType.Trait.UNPRIVILEGED)) {
            throw permission("a program of type " + type.name() + " needs the capability BPF");
        }
        for (Capability capability : Capability.values()) {
            boolean needed = capability != Capability.BPF && type.needs().contains(capability);
            if (needed && !policy.grants(capability)) {
                throw permission(
                        "a program of type " + type.name() + " needs the capability " + capability);
            }
        }
        int limit = bpf ? MAX_INSNS : MAX_UNPRIVILEGED_INSNS;
        if (spec.code().size() == 0 || spec.code().size() > limit) {
            throw new Violation(
                    Rule.TOO_COMPLEX,
                    Violation.E2BIG,
                    -1,
                    -1,
                    "a program has 1 to " + limit + " instructions, not " + spec.code().size());
        }
        if (type.is(ProgramType.Trait.KERNEL_TYPES)) {
            throw new Violation(
                    Rule.KERNEL_TYPES,
                    Violation.EINVAL,
                    -1,
                    -1,
                    "a program of type " + type.name() + " works on objects of the kernel");
        }
        if (spec.maps().size() > MAX_MAPS) {
            throw new Violation(
                    Rule.TOO_COMPLEX,
                    Violation.E2BIG,
                    -1,
                    -1,
                    "The total number of maps per program has reached the limit of " + MAX_MAPS);
        }
    }

    /// Refuses a program that may sleep where its type must not, or the reverse.
    public static void checkSleepable(ProgramSpec spec) {
        ProgramType type = spec.type();
        boolean sleepable = spec.flags().contains(ProgramSpec.Flag.SLEEPABLE);
        if (sleepable
                && !type.is(ProgramType.Trait.SLEEPABLE)
                && !type.is(ProgramType.Trait.ONLY_SLEEPABLE)) {
            throw new Violation(
                    Rule.SLEEPING,
                    Violation.EINVAL,
                    -1,
                    -1,
                    "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be"
                            + " sleepable");
        }
        if (!sleepable && type.is(ProgramType.Trait.ONLY_SLEEPABLE)) {
            throw new Violation(
                    Rule.SLEEPING,
                    Violation.EINVAL,
                    -1,
                    -1,
                    "Syscall programs can only be sleepable");
        }
    }

    private static Violation permission(String text) {
        return new Violation(Rule.PERMISSION, Violation.EPERM, -1, -1, text);
    }
}
