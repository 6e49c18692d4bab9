package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.jit.ir.Body.Block;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes one load of a number that a program puts together from bytes, as clang does for fields of
/// packed structs (`struct ethhdr` is one): two loads of a byte, a shift and an or become one load
/// of 2 bytes. The parts are dead then; [DeadCode] takes them out.
///
/// Follows, within a block, which bytes of memory each register consists of. Such bytes are good
/// until something may write to their region.
public final class WideLoads {
    private static final int NOWHERE = Integer.MIN_VALUE;

    private final Body body;
    private final Knowledge knowledge;
    private final Insn[] insns;
    private final Map<Integer, Region> regions;

    /// What each register is: a pointer at a distance from another one, by number.
    private final int[] origin = new int[11];

    private final int[] distance = new int[11];
    private final @Nullable Bytes[] bytes = new Bytes[11];
    private int origins;

    private WideLoads(Body body, Knowledge knowledge, Map<Integer, Region> regions) {
        this.body = body;
        this.knowledge = knowledge;
        this.regions = regions;
        insns = body.insns().clone();
    }

    /// A number made of bytes of memory: byte `i` of it lies at `places[i]` from an origin, or is 0
    /// ([#NOWHERE]).
    private record Bytes(Region region, int origin, int[] places) {
        static Bytes loaded(Region region, int origin, int place, int count) {
            int[] places = new int[8];
            Arrays.setAll(places, i -> i < count ? place + i : NOWHERE);
            return new Bytes(region, origin, places);
        }

        @Nullable Bytes shifted(int count, boolean narrow) {
            int[] shifted = new int[8];
            Arrays.setAll(
                    shifted, i -> i < count || narrow && i >= 4 ? NOWHERE : places[i - count]);
            return new Bytes(region, origin, shifted);
        }

        /// Both, if no byte of the number comes from both.
        @Nullable Bytes or(Bytes other) {
            if (!region.equals(other.region) || origin != other.origin) {
                return null;
            }
            int[] both = places.clone();
            for (int i = 0; i < 8; i++) {
                if (other.places[i] != NOWHERE) {
                    if (both[i] != NOWHERE) {
                        return null;
                    }
                    both[i] = other.places[i];
                }
            }
            return new Bytes(region, origin, both);
        }

        /// The size of the load that gives this number, or null.
        @Nullable Size load() {
            for (Size size : List.of(Size.H, Size.W, Size.DW)) {
                boolean whole = places[0] != NOWHERE;
                for (int i = 0; i < 8; i++) {
                    whole &= places[i] == (i < size.bytes() ? places[0] + i : NOWHERE);
                }
                if (whole) {
                    return size;
                }
            }
            return null;
        }
    }

    /// The subprograms with wide loads.
    ///
    /// @param regions receives the region of each wide load, by its slot
    public static List<Body> in(
            List<Body> bodies, Knowledge knowledge, Map<Integer, Region> regions) {
        return bodies.stream().map(body -> new WideLoads(body, knowledge, regions).run()).toList();
    }

    private Body run() {
        Map<Integer, Region> found = new HashMap<>();
        for (Block block : body.blocks()) {
            for (int register = 0; register <= 10; register++) {
                forget(register);
            }
            for (int i = block.first(); i < block.end(); i++) {
                step(i, found);
            }
        }
        regions.putAll(found);
        return found.isEmpty()
                ? body
                : new Body(body.index(), body.entry(), body.pcs(), insns, body.blocks());
    }

    private void step(int i, Map<Integer, Region> found) {
        int pc = body.pcs()[i];
        switch (body.insns()[i]) {
            case Insn.Alu alu -> alu(i, pc, alu, found);
            case Insn.Load load -> {
                Region region = load.signed() ? null : mergeable(pc);
                Bytes loaded =
                        region == null
                                ? null
                                : Bytes.loaded(
                                        region,
                                        origin[load.src()],
                                        distance[load.src()] + load.off(),
                                        load.size().bytes());
                forget(load.dst());
                bytes[load.dst()] = loaded;
            }
            case Insn.Store _ -> written(knowledge.region(pc));
            case Insn.Neg neg -> forget(neg.dst());
            case Insn.MovSx mov -> forget(mov.dst());
            case Insn.ByteSwap swap -> forget(swap.dst());
            case Insn.AddrSpaceCast cast -> forget(cast.dst());
            case Insn.LoadImm64 load -> forget(load.dst());
            case Insn.LoadAcquire _,
                    Insn.StoreRelease _,
                    Insn.Atomic _,
                    Insn.LoadAbs _,
                    Insn.LoadInd _,
                    Insn.CallHelper _,
                    Insn.CallLocal _,
                    Insn.CallKfunc _,
                    Insn.CallReg _ -> {
                for (int register = 0; register < 10; register++) {
                    forget(register);
                }
            }
            case Insn.Jump _, Insn.JumpIf _, Insn.MayGoto _, Insn.Exit _ -> {}
        }
    }

    private void alu(int i, int pc, Insn.Alu alu, Map<Integer, Region> found) {
        boolean narrow = alu.width() == Width.W32;
        Bytes left = bytes[alu.dst()];
        switch (alu.op()) {
            case MOV -> move(alu, narrow);
            case ADD -> {
                int by = alu.src() instanceof Operand.Imm(int value) ? value : NOWHERE;
                int from = origin[alu.dst()];
                int at = distance[alu.dst()];
                forget(alu.dst());
                if (!narrow && by == (short) by && at + by == (short) (at + by)) {
                    origin[alu.dst()] = from;
                    distance[alu.dst()] = at + by;
                }
            }
            case LSH -> {
                forget(alu.dst());
                if (left != null
                        && alu.src() instanceof Operand.Imm(int count)
                        && (count & 7) == 0
                        && count >= 0
                        && count < (narrow ? 32 : 64)) {
                    bytes[alu.dst()] = left.shifted(count / 8, narrow);
                }
            }
            case OR -> {
                Bytes right = alu.src() instanceof Operand.Reg(int number) ? bytes[number] : null;
                Bytes both = left == null || right == null ? null : left.or(right);
                if (both != null && narrow) {
                    both = both.shifted(0, true);
                }
                forget(alu.dst());
                bytes[alu.dst()] = both;
                Size size = both == null ? null : both.load();
                if (both != null && size != null) {
                    Insn.Load load = load(both, size, alu.dst());
                    if (load != null) {
                        insns[i] = load;
                        found.put(pc, both.region);
                    }
                }
            }
            default -> forget(alu.dst());
        }
    }

    private void move(Insn.Alu alu, boolean narrow) {
        if (!(alu.src() instanceof Operand.Reg(int source))) {
            forget(alu.dst());
            return;
        }
        Bytes moved = bytes[source];
        int from = origin[source];
        int at = distance[source];
        forget(alu.dst());
        if (narrow) {
            bytes[alu.dst()] = moved == null ? null : moved.shifted(0, true);
        } else {
            bytes[alu.dst()] = moved;
            origin[alu.dst()] = from;
            distance[alu.dst()] = at;
        }
    }

    /// A load of the whole number, if some register still points there.
    private Insn.@Nullable Load load(Bytes whole, Size size, int dst) {
        for (int register = 0; register < 10; register++) {
            int off = whole.places[0] - distance[register];
            if (origin[register] == whole.origin && off == (short) off) {
                return new Insn.Load(size, false, dst, register, (short) off);
            }
        }
        return null;
    }

    /// The region of a load, if it is one whose wide loads cost no more than narrow ones.
    private @Nullable Region mergeable(int pc) {
        Region region = knowledge.region(pc);
        return region == Region.Single.PACKET || region instanceof Region.Values ? region : null;
    }

    /// Something is written to a region; null when it may be any.
    private void written(@Nullable Region region) {
        for (int register = 0; register < 10; register++) {
            Bytes held = bytes[register];
            if (held != null && (region == null || held.region.equals(region))) {
                bytes[register] = null;
            }
        }
    }

    private void forget(int register) {
        origin[register] = origins++;
        distance[register] = 0;
        bytes[register] = null;
    }
}
