package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.jit.ir.Lookups.Lookup;
import bpf4j.runtime.Address;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Region;
import bpf4j.verifier.facts.Value;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Stack slots that are variables: bytes that only loads and stores of their own subprogram with
/// fixed offsets access, and keys that are passed by value. They are cut into the finest pieces
/// that some access needs; each piece is a variable. What helpers only read, as the keys and values
/// of an update, is in memory as well.
public final class FactsSlots implements Slots {
    /// A wide access that is composed of more pieces is better off with memory.
    private static final int MOST_PIECES = 4;

    /// Reads more registers than its prototype says, and strings behind them.
    private static final int TRACE_PRINTK = 6;

    private static final int FRAME = Address.FRAME_SIZE;

    private final Map<Integer, int[]> accesses = new HashMap<>();
    private final BitSet inMemoryToo = new BitSet();
    private final int[] bytes = new int[Effects.LIMIT];
    private int next = Effects.FIRST_SLOT;

    private FactsSlots() {}

    /// The bytes of the frame that helpers may write, and those that they may read.
    private record Exposure(BitSet written, BitSet read) {
        void add(Arg arg, int start, int end) {
            boolean only =
                    arg.kind() == ArgKind.MAP_KEY
                            || arg.flags().contains(ArgFlag.RDONLY)
                            || arg.kind() == ArgKind.MAP_VALUE
                                    && !arg.flags().contains(ArgFlag.UNINIT)
                                    && !arg.flags().contains(ArgFlag.WRITE);
            (only ? read : written).set(start, end);
        }
    }

    /// Bytes that an instruction accesses together; offsets count from the lowest byte of the
    /// frame.
    private record Span(int pc, int start, int end, int word) {}

    /// The slots of a subprogram.
    public static Slots of(Body body, Facts facts, Lookups lookups, ProgramSpec spec) {
        FactsSlots slots = new FactsSlots();
        Exposure exposed = new Exposure(new BitSet(), new BitSet());
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < body.size(); i++) {
            int pc = body.pcs()[i];
            Insn insn = body.insns()[i];
            Lookup lookup = lookups.at(pc, insn);
            if (lookup != null) {
                spans.add(
                        new Span(
                                pc,
                                lookup.key() + FRAME,
                                lookup.key() + FRAME + lookup.keySize(),
                                8));
            } else if (!access(pc, insn, facts, spans, exposed)
                    || !call(pc, insn, facts, spec, exposed)) {
                return NONE;
            }
        }
        slots.choose(spans, exposed);
        return slots;
    }

    @Override
    public int first(int pc) {
        int[] access = accesses.get(pc);
        return access == null ? 0 : access[0];
    }

    @Override
    public int count(int pc) {
        int[] access = accesses.get(pc);
        return access == null ? 0 : access[1];
    }

    @Override
    public boolean inMemoryToo(int pc) {
        return inMemoryToo.get(pc);
    }

    @Override
    public int bytes(int variable) {
        return bytes[variable];
    }

    /// Notes what an instruction accesses itself; false when any byte of the frame may be meant.
    private static boolean access(
            int pc, Insn insn, Facts facts, List<Span> spans, Exposure exposed) {
        Access access = facts.access(pc);
        if (access == null) {
            return true;
        }
        if (access.region() == null) {
            return false;
        }
        if (insn instanceof Insn.Store store
                && store.src() instanceof Operand.Reg(int number)
                && pointsToFrame(facts.before(pc, number))) {
            // The address could come back from memory.
            return false;
        }
        if (access.region() != Region.STACK) {
            return true;
        }
        if (!access.isFixed()) {
            return false;
        }
        int start = (int) access.offset().value() + FRAME;
        if (start < 0 || start + access.bytes() > FRAME) {
            return false;
        }
        if (insn instanceof Insn.Load || insn instanceof Insn.Store) {
            spans.add(new Span(pc, start, start + access.bytes(), access.bytes()));
        } else {
            exposed.written.set(start, start + access.bytes());
        }
        return true;
    }

    private static boolean pointsToFrame(Value value) {
        return value instanceof Value.Pointer pointer && pointer.region() == Region.STACK;
    }

    /// Notes what a call may access; false when that may be any byte of the frame.
    private static boolean call(
            int pc, Insn insn, Facts facts, ProgramSpec spec, Exposure exposed) {
        return switch (insn) {
            case Insn.CallHelper call -> helper(pc, call, facts, spec, exposed);
            case Insn.CallLocal _, Insn.CallKfunc _, Insn.CallReg _ -> !passesFrame(pc, facts);
            default -> true;
        };
    }

    private static boolean passesFrame(int pc, Facts facts) {
        for (int register = 1; register <= 5; register++) {
            if (pointsToFrame(facts.before(pc, register))) {
                return true;
            }
        }
        return false;
    }

    private static boolean helper(
            int pc, Insn.CallHelper call, Facts facts, ProgramSpec spec, Exposure exposed) {
        if (!passesFrame(pc, facts)) {
            return true;
        }
        HelperSpec helper = spec.type().helper(call.id());
        if (helper == null || call.id() == TRACE_PRINTK) {
            return false;
        }
        List<Arg> args = helper.args();
        for (int i = 0; i < args.size(); i++) {
            if (facts.before(pc, i + 1) instanceof Value.Pointer pointer
                    && pointer.region() == Region.STACK) {
                long size = size(pc, args, i, facts, spec);
                if (size < 0 || size > FRAME || !pointer.offset().isConst()) {
                    return false;
                }
                long start = pointer.offset().value() + FRAME;
                if (start < 0 || start + size > FRAME) {
                    return false;
                }
                exposed.add(args.get(i), (int) start, (int) (start + size));
            }
        }
        return true;
    }

    /// The bytes that a helper accesses behind a pointer, or -1 when unknown.
    private static long size(int pc, List<Arg> args, int index, Facts facts, ProgramSpec spec) {
        int map = facts.map(pc, 1);
        boolean known = map >= 0 && map < spec.maps().size();
        return switch (args.get(index).kind()) {
            case MAP_KEY -> known ? spec.maps().get(map).keySize() : -1;
            case MAP_VALUE -> known ? spec.maps().get(map).valueSize() : -1;
            case FIXED_MEM -> args.get(index).size();
            case MEM -> index + 1 < args.size() ? facts.before(pc, index + 2).bits().umax() : -1;
            default -> -1;
        };
    }

    private void choose(List<Span> spans, Exposure exposed) {
        List<List<Span>> components = components(spans);
        components.sort(Comparator.comparingInt((List<Span> c) -> c.size()).reversed());
        for (List<Span> component : components) {
            promote(component, exposed);
        }
    }

    /// Spans that overlap each other, directly or through others.
    private static List<List<Span>> components(List<Span> spans) {
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Comparator.comparingInt(Span::start));
        List<List<Span>> components = new ArrayList<>();
        int end = -1;
        for (Span span : sorted) {
            if (span.start >= end) {
                components.add(new ArrayList<>());
            }
            components.getLast().add(span);
            end = Math.max(end, span.end);
        }
        return components;
    }

    private void promote(List<Span> component, Exposure exposed) {
        BitSet cuts = new BitSet();
        for (Span span : component) {
            int hit = exposed.written.nextSetBit(span.start);
            if (hit >= 0 && hit < span.end) {
                return;
            }
            for (int word = span.start; word < span.end; word += 8) {
                cuts.set(word);
            }
            cuts.set(span.end);
        }
        refine(cuts);
        int pieces = cuts.cardinality() - 1;
        if (next + pieces > Effects.LIMIT) {
            return;
        }
        for (Span span : component) {
            for (int word = span.start; word < span.end; word += 8) {
                int stop = Math.min(word + 8, span.end);
                if (cuts.get(word, stop).cardinality() > MOST_PIECES) {
                    return;
                }
            }
        }
        int base = cuts.nextSetBit(0);
        for (Span span : component) {
            accesses.put(
                    span.pc,
                    new int[] {
                        next + cuts.get(base, span.start).cardinality(),
                        cuts.get(span.start, span.end).cardinality()
                    });
            int read = exposed.read.nextSetBit(span.start);
            if (read >= 0 && read < span.end) {
                inMemoryToo.set(span.pc);
            }
        }
        for (int cut = base; cuts.nextSetBit(cut + 1) > 0; cut = cuts.nextSetBit(cut + 1)) {
            bytes[next++] = cuts.nextSetBit(cut + 1) - cut;
        }
    }

    /// Cuts pieces until each has 1, 2, 4 or 8 bytes.
    private static void refine(BitSet cuts) {
        for (int cut = cuts.nextSetBit(0); cut >= 0; ) {
            int end = cuts.nextSetBit(cut + 1);
            if (end < 0) {
                return;
            }
            int size = Math.min(8, Integer.highestOneBit(end - cut));
            if (size < end - cut) {
                cuts.set(cut + size);
            }
            cut = cuts.nextSetBit(cut + 1);
        }
    }
}
