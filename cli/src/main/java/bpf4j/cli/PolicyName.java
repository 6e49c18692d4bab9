package bpf4j.cli;

import bpf4j.spec.LoadPolicy;

/// What the loader of a program is trusted with, as in `--policy`.
enum PolicyName {
    TRUSTED(LoadPolicy.TRUSTED),
    UNPRIVILEGED(LoadPolicy.UNPRIVILEGED);

    final LoadPolicy policy;

    PolicyName(LoadPolicy policy) {
        this.policy = policy;
    }
}
