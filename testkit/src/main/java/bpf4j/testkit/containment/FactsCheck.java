package bpf4j.testkit.containment;

import bpf4j.interpreter.StepObserver;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Region;
import bpf4j.verifier.facts.Routine;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/// Compares a running program, step by step, with its facts: what registers hold, which way jumps
/// go, where memory is accessed; and that bytes of the stack that are said to be private hold what
/// the program itself stored there.
public final class FactsCheck implements StepObserver {
    private static final int UNKNOWN = -1;
    private static final int TAIL_CALL = 12;

    private final ProgramSpec spec;
    private final Facts facts;
    private final List<BpfMap> maps;

    /// The subprogram that runs in each frame, null where none does.
    private final @Nullable Routine[] running = new Routine[Address.STACK_FRAMES];

    /// For each frame that was entered, the bytes that are private and known, [#UNKNOWN] elsewhere,
    /// from the lowest on.
    private final int[] @Nullable [] shadows = new int[Address.STACK_FRAMES][];

    /// What is checked at each slot, made when the program first comes there.
    private final @Nullable Place[] places;

    private int lastPc = -1;
    private int lastFrame;
    private long expectedLoad;
    private int expectedBytes;
    private long steps;

    /// A check of one program with the live maps in the order of [ProgramSpec#maps].
    public FactsCheck(ProgramSpec spec, Facts facts, List<BpfMap> maps) {
        this.spec = spec;
        this.facts = facts;
        this.maps = maps;
        places = new Place[spec.code().size()];
    }

    /// Makes ready for another run.
    public void reset() {
        lastPc = -1;
        expectedBytes = 0;
        // A frame's part of the shadow is cleared when a subprogram enters it.
        Arrays.fill(running, null);
    }

    /// The instructions compared so far.
    public long steps() {
        return steps;
    }

    @Override
    public void step(int pc, int frame, long[] registers) {
        steps++;
        Place place = place(pc);
        enter(place.routine, frame);
        for (int i = 0; i < place.known.length; i++) {
            int reg = place.known[i];
            Scalar number = place.numbers[i];
            long bits = registers[reg];
            if (number != null ? !number.contains(bits) : !holds(place.before[reg], bits, frame)) {
                throw wrong(pc, "r" + reg, bits, place.before[reg]);
            }
        }
        outcome(pc, frame, registers);
        if (place.access != null) {
            memory(pc, frame, place.insn, registers, place.access);
        }
        lastPc = pc;
        lastFrame = frame;
    }

    private Place place(int pc) {
        Place place = places[pc];
        if (place == null) {
            require(facts.reachable(pc), pc, "is reached");
            place = new Place(spec.code().at(pc), pc, facts);
            places[pc] = place;
        }
        return place;
    }

    /// What the facts say of a slot.
    private static final class Place {
        final Insn insn;
        final Routine routine;
        final @Nullable Access access;
        final Value[] before = new Value[11];

        /// The registers of which anything is known.
        final int[] known;

        /// The numbers that each of these may be; null for other values.
        final @Nullable Scalar[] numbers;

        /// The register that the instruction writes, or -1.
        final int target;

        final Value written;
        final boolean branches;
        final Tri branch;

        Place(Insn insn, int pc, Facts facts) {
            this.insn = insn;
            routine = facts.routine(pc);
            access = facts.access(pc);
            int[] found = new int[11];
            int count = 0;
            for (int reg = 0; reg < before.length; reg++) {
                before[reg] = facts.before(pc, reg);
                if (!(before[reg] instanceof Value.Any)) {
                    found[count++] = reg;
                }
            }
            known = Arrays.copyOf(found, count);
            numbers = new Scalar[count];
            for (int i = 0; i < count; i++) {
                numbers[i] =
                        before[known[i]] instanceof Value.Number(Scalar scalar) ? scalar : null;
            }
            target = target(insn);
            written = facts.written(pc);
            branches = insn instanceof Insn.JumpIf jump && jump.offset() != 0;
            branch = facts.branch(pc);
        }
    }

    private void enter(Routine routine, int frame) {
        boolean called = lastPc >= 0 && frame > lastFrame;
        if (running[frame] != routine || called || lastPc < 0) {
            running[frame] = routine;
            Arrays.fill(shadow(frame), UNKNOWN);
        }
        for (int above = frame + 1; above < running.length && running[above] != null; above++) {
            running[above] = null;
        }
    }

    private int[] shadow(int frame) {
        int[] shadow = shadows[frame];
        if (shadow == null) {
            shadow = new int[Address.FRAME_SIZE];
            shadows[frame] = shadow;
        }
        return shadow;
    }

    private static int top(int frame) {
        return Address.STACK_TOP - frame * Address.FRAME_SIZE;
    }

    /// What the last instruction of this frame was said to do.
    private void outcome(int pc, int frame, long[] registers) {
        if (lastPc < 0 || frame != lastFrame) {
            expectedBytes = 0;
            return;
        }
        Place last = place(lastPc);
        if (last.insn instanceof Insn.CallHelper(int id) && id == TAIL_CALL && pc != lastPc + 1) {
            // The program called itself and begins anew.
            expectedBytes = 0;
            return;
        }
        if (last.branches && last.insn instanceof Insn.JumpIf jump) {
            boolean taken = pc == lastPc + 1 + jump.offset();
            require(last.branch != (taken ? Tri.NO : Tri.YES), lastPc, "does what is ruled out");
        }
        int target = last.target;
        if (target >= 0) {
            long bits = registers[target];
            if (!holds(last.written, bits, frame)) {
                throw wrong(lastPc, "writes r" + target, bits, last.written);
            }
            if (expectedBytes > 0) {
                long mask = -1L >>> (64 - 8 * expectedBytes);
                require((bits & mask) == expectedLoad, lastPc, "loads what was not stored");
            }
        }
        expectedBytes = 0;
    }

    /// The register that an instruction writes that is not a call, or -1.
    private static int target(Insn insn) {
        return switch (insn) {
            case Insn.Alu alu -> alu.dst();
            case Insn.Neg neg -> neg.dst();
            case Insn.MovSx mov -> mov.dst();
            case Insn.ByteSwap swap -> swap.dst();
            case Insn.LoadImm64 load -> load.dst();
            case Insn.Load load -> load.dst();
            case Insn.LoadAcquire load -> load.dst();
            case Insn.CallHelper _ -> 0;
            default -> -1;
        };
    }

    private void memory(int pc, int frame, Insn insn, long[] registers, Access access) {
        long address;
        switch (insn) {
            case Insn.Load load -> address = registers[load.src()] + load.off();
            case Insn.LoadAcquire load -> address = registers[load.src()] + load.off();
            case Insn.Store store -> address = registers[store.dst()] + store.off();
            case Insn.StoreRelease store -> address = registers[store.dst()] + store.off();
            case Insn.Atomic atomic -> address = registers[atomic.dst()] + atomic.off();
            default -> {
                return;
            }
        }
        Region region = access.region();
        if (region != null) {
            if (!isIn(region, access.map(), access.offset(), address, frame)) {
                String where = Long.toHexString(address);
                throw wrong(pc, "accesses 0x" + where + ", not " + access);
            }
        }
        if (Address.region(address) == Address.STACK) {
            stack(pc, frame, insn, registers, Address.offset(address), access);
        }
    }

    /// An access to the stack: private bytes are for their own subprogram's fixed accesses.
    private void stack(int pc, int frame, Insn insn, long[] registers, int offset, Access access) {
        int owner = (Address.STACK_TOP - 1 - offset) / Address.FRAME_SIZE;
        if (owner < 0 || owner >= running.length || offset < 0) {
            return;
        }
        Routine routine = running[owner];
        if (routine == null) {
            return;
        }
        int bytes = access.bytes();
        int relative = offset - top(owner);
        boolean fixed = owner == frame && access.region() == Region.STACK && access.isFixed();
        if (!fixed) {
            for (int i = 0; i < bytes; i++) {
                if (relative + i < 0 && routine.isPrivate(relative + i, 1)) {
                    throw wrong(pc, "accesses a private byte at fp" + (relative + i));
                }
            }
            return;
        }
        int at = Address.FRAME_SIZE + relative;
        if (at < 0 || at + bytes > Address.FRAME_SIZE) {
            return;
        }
        int[] shadow = shadow(owner);
        switch (insn) {
            case Insn.Store store -> {
                long value =
                        switch (store.src()) {
                            case Operand.Reg(int number) -> registers[number];
                            case Operand.Imm(int imm) -> imm;
                        };
                remember(routine, shadow, at, bytes, value);
            }
            case Insn.StoreRelease store ->
                    remember(routine, shadow, at, bytes, registers[store.src()]);
            case Insn.Load load -> expect(shadow, at, load.size());
            case Insn.LoadAcquire load -> expect(shadow, at, load.size());
            default -> Arrays.fill(shadow, at, at + bytes, UNKNOWN);
        }
    }

    private static void remember(Routine routine, int[] shadow, int at, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            boolean isPrivate = routine.isPrivate(at + i - Address.FRAME_SIZE, 1);
            shadow[at + i] = isPrivate ? (int) (value >>> 8 * i) & 0xFF : UNKNOWN;
        }
    }

    private void expect(int[] shadow, int at, Size size) {
        long value = 0;
        for (int i = 0; i < size.bytes(); i++) {
            int known = shadow[at + i];
            if (known == UNKNOWN) {
                return;
            }
            value |= (long) known << 8 * i;
        }
        expectedLoad = value;
        expectedBytes = size.bytes();
    }

    private boolean holds(Value value, long bits, int frame) {
        return switch (value) {
            case Value.Any _ -> true;
            case Value.Number(Scalar scalar) -> scalar.contains(bits);
            case Value.Pointer p ->
                    (p.nullable() && bits == 0)
                            || (p.region() == Region.CALLER_STACK
                                    // It may lead anywhere as long as it is not followed.
                                    ? isNear(bits, Address.STACK)
                                    : isIn(p.region(), p.index(), p.offset(), bits, frame));
        };
    }

    private boolean isIn(Region region, int index, Scalar offset, long address, int frame) {
        int actual = Address.region(address);
        return switch (region) {
            case CTX -> offset.contains(address - Address.of(Address.CONTEXT, 0));
            case STACK -> offset.contains(address - Address.of(Address.STACK, top(frame)));
            case CALLER_STACK -> actual == Address.STACK && Address.offset(address) >= top(frame);
            case PACKET -> isNear(address, Address.PACKET);
            case MAP_VALUE -> index < 0 || isNear(address, Address.VALUES + maps.get(index).id());
            case MAP_HANDLE -> index < 0 || address - maps.get(index).handle() == offset.smin();
            case FUNCTION -> index < 0 || address == Address.of(Address.CODE, index);
            case MEM, OTHER -> actual != Address.CONTEXT && actual != Address.STACK;
        };
    }

    /// Whether an address is in a region or less than 2^31 outside of it, where a pointer may go
    /// that is not followed.
    private static boolean isNear(long address, int region) {
        long distance = address - Address.of(region, 0);
        return distance > -(1L << 31) && distance < 3L << 31;
    }

    private static void require(boolean holds, int pc, String what) {
        if (!holds) {
            throw wrong(pc, what);
        }
    }

    private static AssertionError wrong(int pc, String what) {
        return new AssertionError("facts are wrong: slot " + pc + " " + what);
    }

    private static AssertionError wrong(int pc, String what, long bits, Value value) {
        return wrong(pc, what + " = 0x" + Long.toHexString(bits) + " is not in " + value);
    }
}
