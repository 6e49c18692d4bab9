package bpf4j.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;

import bpf4j.perf.compare.Workload.Entry;
import bpf4j.perf.compare.Workload.PacketMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Contenders must do the same before they are timed.
class JudgeTest {
    private static final Path PROGRAMS =
            Path.of(System.getProperty("bpf4j.root", ".."), "perf", "programs");

    static Stream<String> programs() {
        return Programs.ALL.stream()
                .filter(program -> !program.isGenerated() || program.name().endsWith("_1k"))
                .map(Programs.Program::name);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void ourEnginesAndTheProgramByHandAgree(String name) throws Unavailable {
        Workload workload = Programs.named(name).workload();
        List<Outcome> expected = null;
        for (Candidate candidate : Candidate.ALL) {
            if (candidate.memory() != PacketMemory.HEAP || candidate.entry() == Entry.BATCH) {
                continue;
            }
            Contender contender;
            try {
                contender = shared(candidate, setup(workload, candidate));
            } catch (Unavailable e) {
                assertEquals("nobody wrote this program in Java", e.getMessage());
                continue;
            }
            List<Outcome> outcomes = Judge.outcomes(contender, workload);
            expected = expected == null ? outcomes : expected;
            assertNull(Judge.difference(outcomes, expected), candidate.id());
        }
        assertNotNull(expected);
    }

    @Test
    void contendersHaveClassesOfTheirOwn() throws Unavailable {
        Workload workload = Programs.named("prime").workload();
        Candidate jit = Candidate.ALL.get(1);
        Contender first = jit.create(setup(workload, jit));
        Contender second = jit.create(setup(workload, jit));
        assertNotSame(first.getClass(), second.getClass());
        assertNull(
                Judge.difference(
                        Judge.outcomes(first, workload), Judge.outcomes(second, workload)));
    }

    /// A contender of the classes that are here already: loading bpf4j again takes long.
    private static Contender shared(Candidate candidate, Workload.Setup setup) throws Unavailable {
        try {
            return (Contender)
                    Class.forName(candidate.className())
                            .getConstructor(Workload.Setup.class)
                            .newInstance(setup);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Unavailable unavailable) {
                throw unavailable;
            }
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aContenderThatDoesSomethingElseIsRefused() {
        Workload workload = Programs.named("prime").workload();
        List<Outcome> right = Judge.outcomes(new Constant(1), workload);
        List<Outcome> wrong = Judge.outcomes(new Constant(2), workload);
        assertEquals("wrong on packet 0: returns 2 instead of 1", Judge.difference(wrong, right));
    }

    private static Workload.Setup setup(Workload workload, Candidate candidate) {
        return new Workload.Setup(
                workload,
                candidate.variant(),
                candidate.entry(),
                candidate.memory(),
                PROGRAMS,
                null,
                null);
    }

    private record Constant(int value) implements Contender {
        @Override
        public Outcome probe(byte[] packet) {
            return new Outcome(value, null, null);
        }

        @Override
        public long run(long times) {
            return value * times;
        }
    }
}
