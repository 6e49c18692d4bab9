package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Width;
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
final class Collector implements Solver.Visitor {
    private static final int FRAME = 512;

    private final Solver solver;
    private final Value[] @Nullable [] before;
    private final @Nullable Value[] written;
    private final Tri[] branches;
    private final @Nullable Access[] accesses;
    private final Use[] uses;
    private int current;
    private @Nullable Value left;

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

    private Collector(Solver solver) {
        this.solver = solver;
        int size = solver.cfg.insns.length;
        before = new Value[size][];
        written = new Value[size];
        accesses = new Access[size];
        branches = new Tri[size];
        Arrays.fill(branches, Tri.MAYBE);
        uses = new Use[solver.cfg.subprograms.length];
        for (int i = 0; i < uses.length; i++) {
            uses[i] = new Use();
        }
    }

    /// Collects what a solver found.
    static Collector collect(Solver solver) {
        Collector collector = new Collector(solver);
        solver.visit(collector);
        return collector;
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
        for (Subprogram sub : solver.cfg.subprograms) {
            Use use = uses[sub.number];
            boolean isPrivate = use.isPrivate();
            routines.add(
                    new Routine(
                            sub.start,
                            sub.end,
                            isPrivate ? use.depth : FRAME,
                            List.copyOf(use.callees),
                            use.isCallback,
                            isPrivate,
                            use.exposed));
        }
        return new Facts(before, written, branches, accesses, routines);
    }

    private Use use() {
        return uses[solver.cfg.holding(current).number];
    }

    @Override
    public void before(int pc, FrameState state) {
        current = pc;
        Value[] values = new Value[11];
        for (int reg = 0; reg <= 10; reg++) {
            values[reg] = Values.withoutOrigin(state.regs[reg]);
        }
        before[pc] = values;
        Insn insn = solver.cfg.at(pc);
        Access access = Transfer.access(state, insn);
        accesses[pc] = access;
        if (access != null) {
            memory(state, insn, access);
        }
        switch (insn) {
            case Insn.JumpIf jump -> branches[pc] = decide(state, jump);
            case Insn.Alu alu ->
                    left = alu.width() == Width.W64 ? ownStackOperand(state, alu) : null;
            default -> {}
        }
    }

    private static Tri decide(FrameState state, Insn.JumpIf jump) {
        boolean taken = Branches.follow(state.copy(), jump, true) != null;
        boolean other = Branches.follow(state.copy(), jump, false) != null;
        if (taken == other) {
            return Tri.MAYBE;
        }
        return taken ? Tri.YES : Tri.NO;
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
        Use use = use();
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
        return (int) Math.max(0, Math.min(FRAME, -offset));
    }

    @Override
    public void after(int pc, FrameState state) {
        Insn insn = solver.cfg.at(pc);
        int reg = Transfer.written(insn);
        if (reg >= 0) {
            written[pc] = Values.withoutOrigin(state.regs[reg]);
        }
        if (insn instanceof Insn.Alu && left != null && !Values.isOwnStack(state.regs[reg])) {
            use().lost = true;
        }
        left = null;
    }

    @Override
    public void flow(int target, FrameState state) {
        FrameState joined = solver.before(target);
        if (joined != null && state.losesOwnStack(joined, solver.live(target))) {
            use().lost = true;
        }
    }

    @Override
    public void exit(int pc, Value result) {}

    @Override
    public void call(int target, Value[] args) {
        Use use = use();
        use.callees.add(target);
        if (!(solver.cfg.at(current) instanceof Insn.CallLocal)) {
            uses[solver.cfg.holding(target).number].isCallback = true;
        }
        for (int reg = 1; reg <= 5; reg++) {
            use.lent |= args[reg] instanceof Pointer p && p.region() == Region.CALLER_STACK;
            use.lent |= args[reg] == Any.MIXED;
        }
    }

    @Override
    public @Nullable Value result(int target) {
        return solver.result(target);
    }

    @Override
    public void callAnything() {
        solver.callAnything(this);
    }

    @Override
    public void expose(long from, long to) {
        Use use = use();
        use.depth = Math.max(use.depth, depth(from));
        int first = to > 0 ? 1 : depth(to - 1);
        use.exposed.set(Math.max(1, first), depth(from) + 1);
    }
}
