package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.fuzz.Judgement.Problem;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Real programs with up to four changes: instructions and checks left out, doubled, swapped, or
/// with another operand, offset, immediate or operation.
///
/// Their maps have no BTF, are not constant, and are small: neither changes what an instruction
/// does.
///
/// @param inputs packets for each program
record ObjectTrials(List<ProgramSpec> programs, int inputs) implements TrialSource {
    private static final int RDONLY_PROG = 1 << 7;
    private static final int MMAPABLE = 1 << 10;
    private static final int MOST_ENTRIES = 64;
    private static final int TRIES = 20;

    ObjectTrials {
        programs = List.copyOf(programs);
    }

    /// The programs of which nothing is to be said before they are changed.
    ///
    /// @param leftOut is told of the others, and why
    static ObjectTrials of(
            List<ProgramSpec> programs, TrialJudge judge, int inputs, Consumer<String> leftOut) {
        List<ProgramSpec> sound = new ArrayList<>();
        for (ProgramSpec program : programs) {
            ProgramSpec plain = plain(program);
            SplittableRandom random = new SplittableRandom(1);
            Trial trial = new Trial(plain.name(), plain, GeneratedTrials.packets(inputs, random));
            Judgement judgement = judge.judge(trial);
            Problem problem = judgement.problem();
            if (problem != null) {
                leftOut.accept(
                        "%s: %s: %s".formatted(plain.name(), problem.check(), problem.text()));
            } else if (!judgement.accepted()) {
                leftOut.accept(plain.name() + ": refused: " + judgement.refusal());
            } else {
                sound.add(plain);
            }
        }
        return new ObjectTrials(sound, inputs);
    }

    private static ProgramSpec plain(ProgramSpec program) {
        return new ProgramSpec(
                program.name(),
                program.section(),
                program.type(),
                program.license(),
                program.code(),
                program.maps().stream().map(ObjectTrials::plain).toList(),
                program.externs(),
                program.btf(),
                program.functions(),
                List.of(),
                program.flags());
    }

    private static MapSpec plain(MapSpec map) {
        boolean counts =
                switch (map.type()) {
                    case RINGBUF, USER_RINGBUF -> true;
                    default -> false;
                };
        int entries = counts ? map.maxEntries() : Math.min(map.maxEntries(), MOST_ENTRIES);
        MapSpec plain =
                MapSpec.of(map.name(), map.type(), map.keySize(), map.valueSize(), entries)
                        .withFlags(map.flags() & ~(RDONLY_PROG | MMAPABLE))
                        .withInitial(
                                map.initial().stream()
                                        .filter(e -> e.content() instanceof MapSpec.Content.Bytes)
                                        .toList());
        MapSpec inner = map.inner();
        return inner == null ? plain : plain.withInner(plain(inner));
    }

    @Override
    public Trial trial(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ProgramSpec spec = programs.get(random.nextInt(programs.size()));
        String name = spec.name();
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            spec = change(spec, random);
        }
        return new Trial(
                "seed " + seed + " of " + name, spec, GeneratedTrials.packets(inputs, random));
    }

    private static ProgramSpec change(ProgramSpec spec, SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> overwrite(spec, random);
            case 1 -> swap(spec, random);
            case 2 -> withoutCheck(spec, random);
            default -> Mutator.mutate(spec, random);
        };
    }

    /// One instruction in the place of another.
    private static ProgramSpec overwrite(ProgramSpec spec, SplittableRandom random) {
        Code code = spec.code();
        int from = place(code, random);
        int to = place(code, random);
        if (Code.slotsOf(code.at(from)) != Code.slotsOf(code.at(to))) {
            return spec;
        }
        return with(spec, code.map(pc -> code.at(pc == to ? from : pc)));
    }

    /// An instruction and the next.
    private static ProgramSpec swap(ProgramSpec spec, SplittableRandom random) {
        Code code = spec.code();
        int first = place(code, random);
        int second = code.next(first);
        if (second >= code.size()
                || Code.slotsOf(code.at(first)) != Code.slotsOf(code.at(second))) {
            return spec;
        }
        return with(
                spec, code.map(pc -> code.at(pc == first ? second : pc == second ? first : pc)));
    }

    private static ProgramSpec with(ProgramSpec spec, Code code) {
        return CodeCut.withCode(spec, code, spec.functions());
    }

    private static ProgramSpec withoutCheck(ProgramSpec spec, SplittableRandom random) {
        List<Integer> checks = new ArrayList<>();
        int number = 0;
        for (int pc = 0; pc < spec.code().size(); pc = spec.code().next(pc)) {
            if (spec.code().at(pc) instanceof Insn.JumpIf) {
                checks.add(number);
            }
            number++;
        }
        if (checks.isEmpty()) {
            return spec;
        }
        int check = checks.get(random.nextInt(checks.size()));
        ProgramSpec less = CodeCut.without(spec, check, check + 1);
        return less == null ? spec : less;
    }

    private static int place(Code code, SplittableRandom random) {
        for (int i = 0; i < TRIES; i++) {
            int pc = random.nextInt(code.size());
            if (!code.isSecondSlot(pc)) {
                return pc;
            }
        }
        return 0;
    }
}
