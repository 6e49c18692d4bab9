package bpf4j.verifier.domain;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Numbers so narrow that sets of them are bit masks: what each draft means, and what each
/// operation does to numbers, written independently of the domain.
final class Small {
    final int bits;
    final int half;
    final int count;

    Small(int bits) {
        this.bits = bits;
        this.half = bits / 2;
        this.count = 1 << bits;
    }

    /// The numbers in a draft, a bit each.
    long meaning(Draft draft) {
        long set = 0;
        for (int x = 0; x < count; x++) {
            if (draft.contains(x)) {
                set |= 1L << x;
            }
        }
        return set;
    }

    /// The most precise draft with all numbers of a set that is not empty.
    Draft best(long set) {
        Draft best = exactly(Long.numberOfTrailingZeros(set));
        for (long rest = set & (set - 1); rest != 0; rest &= rest - 1) {
            best.join(exactly(Long.numberOfTrailingZeros(rest)));
        }
        return best;
    }

    Draft exactly(long x) {
        Draft draft = new Draft(bits);
        draft.constant(x);
        return draft;
    }

    Draft copy(Draft draft) {
        Draft copy = new Draft(bits);
        copy.set(draft);
        return copy;
    }

    /// Any known bits and any bounds: often empty, seldom in sync.
    Draft any(Random random) {
        Draft draft = new Draft(bits);
        long mask = random.nextInt(count);
        if (random.nextBoolean()) {
            mask |= random.nextInt(count);
        }
        draft.known = new Tnum(random.nextInt(count) & ~mask, mask);
        anyBounds(draft.full, random);
        anyBounds(draft.low, random);
        return draft;
    }

    private static void anyBounds(Range range, Random random) {
        int all = (int) range.all();
        if (random.nextInt(3) > 0) {
            long a = random.nextInt(all + 1);
            long b = random.nextInt(all + 1);
            range.umin = Math.min(a, b);
            range.umax = Math.max(a, b);
        }
        if (random.nextInt(3) > 0) {
            long a = range.signed(random.nextInt(all + 1));
            long b = range.signed(random.nextInt(all + 1));
            range.smin = Math.min(a, b);
            range.smax = Math.max(a, b);
        }
    }

    /// Drafts in sync as programs would make them, not necessarily the most precise.
    List<Draft> anySynced(int wanted, Random random) {
        List<Draft> drafts = new ArrayList<>();
        while (drafts.size() < wanted) {
            Draft draft = any(random);
            if (draft.sync() && meaning(draft) != 0) {
                drafts.add(draft);
            }
        }
        return drafts;
    }

    /// One most precise draft for each set of numbers that some draft means exactly (widths up to
    /// 4).
    List<Draft> canonical() {
        List<Draft> drafts = new ArrayList<>();
        Set<Long> seen = new LinkedHashSet<>();
        for (long set = 1; set < 1L << count; set++) {
            Draft best = best(set);
            if (seen.add(meaning(best))) {
                drafts.add(best);
            }
        }
        return drafts;
    }

    private long signed(long x, int width) {
        return x << (64 - width) >> (64 - width);
    }

    private static long keep(long x, int width) {
        return x & (1L << width) - 1;
    }

    /// `x op y` of `width` bits (the whole or the half), zero-extended.
    long compute(AluOp op, int width, long first, long second) {
        long x = keep(first, width);
        long y = keep(second, width);
        int shift = (int) (y & (width - 1));
        long result =
                switch (op) {
                    case ADD -> x + y;
                    case SUB -> x - y;
                    case MUL -> x * y;
                    case DIV -> y == 0 ? 0 : x / y;
                    case SDIV -> y == 0 ? 0 : signed(x, width) / signed(y, width);
                    case OR -> x | y;
                    case AND -> x & y;
                    case LSH -> x << shift;
                    case RSH -> x >> shift;
                    case MOD -> y == 0 ? x : x % y;
                    case SMOD -> y == 0 ? x : signed(x, width) % signed(y, width);
                    case XOR -> x ^ y;
                    case MOV -> y;
                    case ARSH -> signed(x, width) >> shift;
                };
        return keep(result, width);
    }

    /// Whether `x cond y` holds in `width` bits.
    boolean holds(Cond cond, int width, long first, long second) {
        long x = keep(first, width);
        long y = keep(second, width);
        long s = signed(x, width);
        long t = signed(y, width);
        return switch (cond) {
            case JEQ -> x == y;
            case JNE -> x != y;
            case JSET -> (x & y) != 0;
            case JGT -> x > y;
            case JGE -> x >= y;
            case JLT -> x < y;
            case JLE -> x <= y;
            case JSGT -> s > t;
            case JSGE -> s >= t;
            case JSLT -> s < t;
            case JSLE -> s <= t;
        };
    }

    /// For each number x and set of numbers, the results of `x op y` for the y in the set.
    long[][] table(AluOp op, int width) {
        long[][] table = new long[count][1 << count];
        for (int x = 0; x < count; x++) {
            for (int set = 1; set < 1 << count; set++) {
                long one = 1L << compute(op, width, x, Integer.numberOfTrailingZeros(set));
                table[x][set] = table[x][set & (set - 1)] | one;
            }
        }
        return table;
    }

    /// For each number x, the y for which `x cond y` holds.
    long[] table(Cond cond, int width) {
        long[] table = new long[count];
        for (int x = 0; x < count; x++) {
            for (int y = 0; y < count; y++) {
                table[x] |= holds(cond, width, x, y) ? 1L << y : 0;
            }
        }
        return table;
    }

    /// All results of an operation, by its table, on two sets.
    static long computeAll(long[][] table, long first, long second) {
        long results = 0;
        for (long a = first; a != 0; a &= a - 1) {
            results |= table[Long.numberOfTrailingZeros(a)][(int) second];
        }
        return results;
    }
}
