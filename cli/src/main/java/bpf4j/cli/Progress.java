package bpf4j.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

/// Shows how far long work has come.
interface Progress extends AutoCloseable {
    /// Shows nothing.
    Progress NONE = (done, total) -> {};

    /// Work of some size is done as far as `done` of `total` units.
    void at(long done, long total);

    @Override
    default void close() {}

    /// A bar on standard error, which appears when the work takes longer than a second.
    static Progress bar() {
        return new Progress() {
            private static final long PATIENCE = 1_000_000_000;

            private final long start = System.nanoTime();
            private @Nullable ProgressBar bar;

            @Override
            public void at(long done, long total) {
                if (bar == null && System.nanoTime() - start > PATIENCE) {
                    bar =
                            new ProgressBarBuilder()
                                    .setTaskName("packets")
                                    .setInitialMax(total)
                                    .setStyle(ProgressBarStyle.ASCII)
                                    .hideEta()
                                    .build();
                }
                if (bar != null) {
                    bar.stepTo(done);
                }
            }

            @Override
            public void close() {
                if (bar != null) {
                    bar.close();
                }
            }
        };
    }
}
