package bpf4j.testkit.fuzz;

/// Makes trials: the same seed gives the same trial.
interface TrialSource {
    Trial trial(long seed);
}
