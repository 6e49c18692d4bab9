package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Width;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/// Writes down what the solver found, and finds out which bytes of each frame are private: the
/// address of a frame must never become untyped or unknown, or engines could not tell its accesses.
final class Collector {
    private static final int FRAME = 512;

    private final Cfg cfg;
    private final Value[] @Nullable [] before;
    private final @Nullable Value[] written;
    private final Tri[] branches;
    private final @Nullable Access[] accesses;
    private final Use[] uses;
    private Use use;
    private Insn current;
    private @Nullable Value left;
    private Value[] values = {};

    /// What one subprogram does with its frame.
    private static final class Use {
        final BitSet exposed = new BitSet();
        final TreeSet<Integer> callees = new TreeSet<>();
        int depth;
        boolean isCallback;

        /// An address in the frame may have become an untyped value.
        boolean lost;

        /// An address in the frame is stored in memory that may be in the frame.
        boolean stored;

        /// A value of 8 bytes is loaded that may be such an address.
        boolean reloaded;

        /// Other subprograms get addresses in the frame.
        boolean lent;

        boolean isPrivate() {
            return !lost && !(stored && (reloaded || lent));
        }
    }

    Collector(Cfg cfg) {
        this.cfg = cfg;
        int size = cfg.insns.length;
        before = new Value[size][];
        written = new Value[size];
        accesses = new Access[size];
        branches = new Tri[size];
        Arrays.fill(branches, Tri.MAYBE);
        uses = new Use[cfg.subprograms.length];
        for (int i = 0; i < uses.length; i++) {
            uses[i] = new Use();
        }
        use = uses[0];
        current = cfg.at(0);
    }

    /// The numbers of the subprograms of which an address in their frame may be an untyped value.
    BitSet leaky() {
        BitSet leaky = new BitSet();
        for (int number = 0; number < uses.length; number++) {
            leaky.set(number, !uses[number].isPrivate());
        }
        return leaky;
    }

    Facts facts() {
        List<Routine> routines = new ArrayList<>();
        for (Subprogram sub : cfg.subprograms) {
            Use of = uses[sub.number];
            boolean isPrivate = of.isPrivate();
            routines.add(
                    new Routine(
                            sub.start,
                            sub.end,
                            isPrivate ? of.depth : FRAME,
                            List.copyOf(of.callees),
                            of.isCallback,
                            isPrivate,
                            of.exposed));
        }
        return new Facts(before, written, branches, accesses, routines);
    }

    /// A block is executed.
    void begin(int pc, FrameState state) {
        use = uses[cfg.holding(pc).number];
        use.lost |= state.lostStack;
        values = new Value[11];
        copy(state);
    }

    private void copy(FrameState state) {
        for (int reg = 0; reg <= 10; reg++) {
            values[reg] = Values.withoutOrigin(state.regs[reg]);
        }
    }

    /// Before an instruction.
    void before(int pc, Insn insn, FrameState state) {
        current = insn;
        before[pc] = values;
        Access access = Transfer.access(state, insn);
        if (access != null) {
            accesses[pc] = access;
            memory(state, insn, access);
        } else if (insn instanceof Insn.Alu alu) {
            left = alu.width() == Width.W64 ? ownStackOperand(state, alu) : null;
        }
    }

    /// Where a conditional jump goes.
    void branch(int pc, boolean taken, boolean other) {
        if (taken != other) {
            branches[pc] = taken ? Tri.YES : Tri.NO;
        }
    }

    /// The operand that is an address in the frame, if there is one and the other is a number.
    private static @Nullable Value ownStackOperand(FrameState state, Insn.Alu alu) {
        Value source = Transfer.operand(state, alu.src());
        if (alu.op() == AluOp.MOV) {
            return null;
        }
        Value target = state.regs[alu.dst()];
        if (Values.isOwnStack(target)) {
            boolean difference = alu.op() == AluOp.SUB && Values.isOwnStack(source);
            return difference ? null : target;
        }
        return Values.isOwnStack(source) ? source : null;
    }

    private void memory(FrameState state, Insn insn, Access access) {
        boolean own = access.region() == Region.STACK;
        if (own) {
            if (access.isFixed()) {
                use.depth = Math.max(use.depth, depth(access.offset().value()));
            } else {
                long most = access.offset().smax();
                expose(access.offset().smin(), most > 0 ? Long.MAX_VALUE : most + access.bytes());
            }
        }
        boolean mayHoldAddress = own || access.region() == null;
        Value stored =
                switch (insn) {
                    case Insn.Store store -> Transfer.operand(state, store.src());
                    case Insn.StoreRelease store -> state.regs[store.src()];
                    case Insn.Atomic atomic -> state.regs[atomic.src()];
                    default -> null;
                };
        if (stored != null && mayHoldAddress && access.bytes() == 8) {
            use.stored |= Values.isOwnStack(stored);
        }
        boolean typed =
                own
                        && access.isFixed()
                        && !(insn instanceof Insn.Atomic)
                        && !state.isUnknown(access.offset().value());
        boolean loads = !(insn instanceof Insn.Store) && !(insn instanceof Insn.StoreRelease);
        use.reloaded |= loads && own && access.bytes() == 8 && !typed;
    }

    private static int depth(long offset) {
        // The negative of the least number is negative.
        return offset <= -FRAME ? FRAME : (int) Math.max(0, -offset);
    }

    /// After an instruction that does not end a block.
    void after(int pc, Insn insn, FrameState state) {
        int reg = Transfer.written(insn);
        if (reg < 0) {
            return;
        }
        Value value = Values.withoutOrigin(state.regs[reg]);
        written[pc] = value;
        values = values.clone();
        values[reg] = value;
        if (Transfer.clobbers(insn)) {
            Arrays.fill(values, 1, 6, Any.UNSET);
        } else if (left != null) {
            use.lost |= !Values.isOwnStack(value);
            left = null;
        }
    }

    /// Control goes to a block; what holds before it is known already.
    void joined(FrameState state, @Nullable FrameState joined, int live) {
        use.lost |= joined != null && state.losesOwnStack(joined, live);
    }

    /// A subprogram is called.
    void call(int target, Value[] args) {
        use.callees.add(target);
        if (!(current instanceof Insn.CallLocal)) {
            uses[cfg.holding(target).number].isCallback = true;
        }
        for (int reg = 1; reg <= 5; reg++) {
            use.lent |= args[reg] instanceof Pointer p && p.region() == Region.CALLER_STACK;
            use.lent |= args[reg] == Any.MIXED;
        }
    }

    /// Bytes of the frame, by offsets from r10, may be read or written by others.
    void expose(long from, long to) {
        use.depth = Math.max(use.depth, depth(from));
        int first = to > 0 ? 1 : depth(to - 1);
        use.exposed.set(Math.max(1, first), depth(from) + 1);
    }
}
