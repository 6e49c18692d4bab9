package bpf4j.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The programs that showed something new, from which others are made. Threads share it.
final class Corpus {
    private static final int MOST = 4096;

    private final List<Trial> trials = new ArrayList<>();

    /// Keeps a program; in the place of an old one when there are many.
    synchronized void add(Trial trial, SplittableRandom random) {
        if (trials.size() < MOST) {
            trials.add(trial);
        } else {
            trials.set(random.nextInt(MOST), trial);
        }
    }

    /// One of them, recent ones more often. There must be one.
    synchronized Trial pick(SplittableRandom random) {
        int from = random.nextBoolean() ? trials.size() / 2 : 0;
        return trials.get(from + random.nextInt(trials.size() - from));
    }

    synchronized int size() {
        return trials.size();
    }

    /// What they are called.
    synchronized List<String> names() {
        return trials.stream().map(Trial::name).toList();
    }
}
