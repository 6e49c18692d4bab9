package bpf4j.testkit.containment;

import bpf4j.interpreter.StepObserver;
import bpf4j.verifier.ExplorationObserver;
import bpf4j.verifier.domain.Scalar;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Compares a running program, step by step, with the states that the verifier explored: in at
/// least
/// one state at the same instruction every register must hold what it holds in the run. Watch a
/// verification without pruning first, which explores every path.
public final class StatesCheck implements ExplorationObserver, StepObserver {
    private static final int REGISTERS = 11;

    /// A state: the numbers that registers may hold, and which registers hold a pointer that is not
    /// null, as bits. Nothing is said of other registers.
    private record Seen(@Nullable Scalar[] numbers, int nonNull) {
        boolean holds(long[] registers) {
            for (int reg = 0; reg < REGISTERS; reg++) {
                Scalar number = numbers[reg];
                if (number != null
                        ? !number.contains(registers[reg])
                        : (nonNull >> reg & 1) != 0 && registers[reg] == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private final @Nullable List<Seen>[] explored;

    /// A check of a program of so many slots.
    @SuppressWarnings({"unchecked", "rawtypes"})
    public StatesCheck(int slots) {
        explored = new List[slots];
    }

    @Override
    public void step(int pc, Explored state) {
        @Nullable Scalar[] numbers = new Scalar[REGISTERS];
        int nonNull = 0;
        for (int reg = 0; reg < REGISTERS; reg++) {
            numbers[reg] = state.number(reg);
            nonNull |= state.isNonNull(reg) ? 1 << reg : 0;
        }
        List<Seen> known = explored[pc];
        if (known == null) {
            known = new ArrayList<>(2);
            explored[pc] = known;
        }
        known.add(new Seen(numbers, nonNull));
    }

    @Override
    public void step(int pc, int frame, long[] registers) {
        List<Seen> known = explored[pc];
        if (known != null) {
            for (int i = 0; i < known.size(); i++) {
                if (known.get(i).holds(registers)) {
                    // Likely to hold the next time too.
                    known.set(i, known.set(0, known.get(i)));
                    return;
                }
            }
        }
        StringBuilder text = new StringBuilder("no state of the verifier's at slot ");
        text.append(pc).append(" has");
        for (int reg = 0; reg < REGISTERS; reg++) {
            text.append(" r").append(reg).append("=0x").append(Long.toHexString(registers[reg]));
        }
        throw new AssertionError(text.toString());
    }
}
