package bpf4j.testkit.fuzz;

/// Applies its checks to trials.
interface TrialJudge extends AutoCloseable {
    Judgement judge(Trial trial);

    @Override
    void close();
}
