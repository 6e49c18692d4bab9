package bpf4j.testkit.fuzz;

/// Applies its checks to trials.
interface TrialJudge extends AutoCloseable {
    Judgement judge(Trial trial);

    /// How much the trial judged last showed that none had shown before.
    default int news() {
        return 0;
    }

    @Override
    void close();
}
