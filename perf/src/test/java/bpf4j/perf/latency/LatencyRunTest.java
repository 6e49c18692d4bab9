package bpf4j.perf.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.perf.latency.LatencyRun.Window;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LatencyRunTest {
    private static List<Window> windows(double... ns) {
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < ns.length; i++) {
            windows.add(new Window(i + 1, 100L * (i + 1), ns[i]));
        }
        return windows;
    }

    private static double[] steps(int slow, int fast) {
        double[] ns = new double[slow + fast];
        for (int i = 0; i < ns.length; i++) {
            ns[i] = i < slow ? 500 : 10;
        }
        return ns;
    }

    @Test
    void aProgramIsSteadyWhereItsFastWindowsBegin() {
        assertEquals(700, LatencyRun.steady(windows(steps(7, 50))));
    }

    @Test
    void aProgramThatIsFastFromTheBeginningIsSteadyAtOnce() {
        assertEquals(0, LatencyRun.steady(windows(steps(0, 50))));
    }
}
