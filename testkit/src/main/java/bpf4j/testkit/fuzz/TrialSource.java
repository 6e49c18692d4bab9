package bpf4j.testkit.fuzz;

import bpf4j.spec.ProgramSpec;

import java.util.SplittableRandom;

/// Makes trials: the same seed gives the same trial.
interface TrialSource {
    Trial trial(long seed);

    /// A variation of a trial: the same parent and seed give the same one.
    default Trial mutant(Trial parent, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ProgramSpec spec = parent.spec();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            spec = Mutator.mutate(spec, random);
        }
        return new Trial(parent.name() + "+" + seed, spec, parent.packets());
    }

    /// The trial of a name, such as `5` or `5+17`: the variation 17 of the trial of seed 5.
    default Trial named(String name) {
        String[] seeds = name.split("\\+");
        Trial trial = trial(Long.parseLong(seeds[0]));
        for (int i = 1; i < seeds.length; i++) {
            trial = mutant(trial, Long.parseLong(seeds[i]));
        }
        return trial;
    }
}
