package bpf4j.verifier.check;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.verifier.domain.Refined;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;
import bpf4j.verifier.state.Step;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Conditional jumps: which way they can go, and what is known then.
final class Branches {
    private static final int MAX_PACKET_OFF = 0xffff;
    private static final int MAX_LINKED = 6;

    private final Env env;
    private final MapFields fields;

    Branches(Env env, MapFields fields) {
        this.env = env;
        this.fields = fields;
    }

    /// Follows a conditional jump; returns the next instruction of this path, the other way waits.
    int follow(Insn.JumpIf insn) {
        int dst = insn.dst();
        Cond cond = insn.cond();
        Width width = insn.width();
        Reg a = env.readable(dst);
        Reg b = env.operand(insn.src());
        int src = insn.src() instanceof Operand.Reg reg ? reg.number() : -1;
        boolean packets = a.kind.isAnyPacket() && b.kind.isAnyPacket();
        if (src >= 0 && !packets && env.isSecret(b)) {
            throw prohibited(src);
        }
        if (b.kind == Kind.STACK) {
            env.note().flags |= Step.SRC_IS_STACK;
        }
        if (a.kind == Kind.STACK) {
            env.note().flags |= Step.DST_IS_STACK;
        }
        int target = env.pc + 1 + insn.offset();
        Tri taken = decide(cond, width, a, b);
        if (taken != Tri.MAYBE) {
            if (a.isScalar()) {
                env.precise.register(dst);
            }
            if (src >= 0 && b.isScalar()) {
                env.precise.register(src);
            }
            return taken == Tri.YES ? target : env.pc + 1;
        }
        int[] linked = linked(a, src >= 0 ? b : null);
        if (linked.length > 1) {
            env.note().linked = linked;
        }
        // Ids may have been dropped from registers beyond the limit.
        a = env.reg(dst);
        b = src >= 0 ? env.reg(src) : b;

        boolean numbers = a.isScalar() && b.isScalar();
        if (numbers) {
            boolean there = Scalar.branch(cond, width, a.var, b.var, true) != null;
            boolean here = Scalar.branch(cond, width, a.var, b.var, false) != null;
            if (!there || !here) {
                env.precise.register(dst);
                if (src >= 0) {
                    env.precise.register(src);
                }
                return here ? env.pc + 1 : target;
            }
        }
        State other = env.fork(target);
        if (numbers) {
            refine(env.state, cond, width, dst, a, src, b, false, linked);
            refine(other, cond, width, dst, a, src, b, true, linked);
        }
        nullByEquality(cond, width, dst, a, src, b, other);
        boolean matched = false;
        if (width == Width.W64
                && insn.src() instanceof Operand.Imm imm
                && imm.value() == 0
                && (cond == Cond.JEQ || cond == Cond.JNE)
                && a.isNullable()) {
            resolveNull(env.state, dst, cond == Cond.JNE);
            resolveNull(other, dst, cond == Cond.JEQ);
            matched = true;
        } else if (src >= 0 && width == Width.W64) {
            matched = matchPackets(cond, dst, a, src, b, other);
        }
        if (!matched && env.isSecret(a)) {
            throw prohibited(dst);
        }
        return env.pc + 1;
    }

    private static Violation prohibited(int regno) {
        return Violation.access(
                Rule.POINTER_COMPARISON, regno, "R" + regno + " pointer comparison prohibited");
    }

    private Tri decide(Cond cond, Width width, Reg a, Reg b) {
        if (a.kind.isAnyPacket() && b.kind.isAnyPacket() && width == Width.W64) {
            return decidePackets(cond, a, b);
        }
        if (a.isScalar() && b.isScalar()) {
            return Scalar.holds(cond, width, a.var, b.var);
        }
        if (width == Width.W32) {
            // Linux decides this, too, though the low half of a pointer can well be 0.
            return Tri.MAYBE;
        }
        Reg pointer = a;
        Reg number = b;
        if (!(b.isScalar() && b.var.isConst())) {
            pointer = b;
            number = a;
        }
        if (!number.isScalar() || !number.var.isConst(0) || !isNotNull(pointer)) {
            return Tri.MAYBE;
        }
        return switch (cond) {
            case JEQ -> Tri.NO;
            case JNE -> Tri.YES;
            default -> Tri.MAYBE;
        };
    }

    static boolean isNotNull(Reg reg) {
        if (reg.isNullable()
                || reg.var.smin() <= -Env.MAX_VAR_OFF
                || reg.var.smax() >= Env.MAX_VAR_OFF) {
            return false;
        }
        return switch (reg.kind) {
            case SOCKET, TCP_SOCK, XDP_SOCK, BUF, MAP_VALUE, MAP_KEY, SOCK_COMMON, MEM, CONST_MAP ->
                    true;
            default -> false;
        };
    }

    private static Cond flip(Cond cond) {
        return switch (cond) {
            case JEQ, JNE, JSET -> cond;
            case JGE -> Cond.JLE;
            case JGT -> Cond.JLT;
            case JLE -> Cond.JGE;
            case JLT -> Cond.JGT;
            case JSGE -> Cond.JSLE;
            case JSGT -> Cond.JSLT;
            case JSLE -> Cond.JSGE;
            case JSLT -> Cond.JSGT;
        };
    }

    private static Tri decidePackets(Cond cond, Reg a, Reg b) {
        Reg packet;
        if (b.kind == Kind.PACKET_END) {
            packet = a;
        } else if (a.kind == Kind.PACKET_END) {
            packet = b;
            cond = flip(cond);
        } else {
            return Tri.MAYBE;
        }
        if (packet.size >= 0 || !packet.kind.isPacket()) {
            return Tri.MAYBE;
        }
        return switch (cond) {
            case JLE, JGT -> {
                if (packet.size != Reg.BEYOND_END) {
                    yield Tri.MAYBE;
                }
                yield cond == Cond.JGT ? Tri.YES : Tri.NO;
            }
            case JLT, JGE -> cond == Cond.JGE ? Tri.YES : Tri.NO;
            default -> Tri.MAYBE;
        };
    }

    /// Narrows both numbers and what is linked to them.
    private static void refine(
            State state,
            Cond cond,
            Width width,
            int dst,
            Reg a,
            int src,
            Reg b,
            boolean taken,
            int[] linked) {
        Refined refined = Scalar.branch(cond, width, a.var, b.var, taken);
        if (refined == null) {
            throw new AssertionError("a branch that can be taken has no values");
        }
        Reg[] regs = state.regs();
        regs[dst] = a.withVar(refined.left());
        if (src >= 0 && src != dst) {
            regs[src] = b.withVar(refined.right());
        }
        if (src >= 0 && b.id != 0) {
            spread(state, regs[src], src, linked);
        }
        if (regs[dst].id != 0) {
            spread(state, regs[dst], dst, linked);
        }
    }

    /// The registers and slots that are linked to one of two numbers. Those beyond a limit lose
    /// their id.
    private int[] linked(Reg a, @Nullable Reg b) {
        if (!(a.isScalar() && a.id != 0) && !(b != null && b.isScalar() && b.id != 0)) {
            return NONE;
        }
        int[] found = new int[MAX_LINKED];
        int count = 0;
        if (b != null && b.isScalar() && b.id != 0) {
            count = collect(b.baseId(), found, count);
        }
        if (a.isScalar() && a.id != 0) {
            count = collect(a.baseId(), found, count);
        }
        return Arrays.copyOf(found, count);
    }

    private static final int[] NONE = {};

    private int collect(int id, int[] found, int count) {
        for (int f = env.state.current; f >= 0; f--) {
            Frame frame = env.state.frame(f);
            for (int i = 0; i < 10; i++) {
                Reg reg = frame.regs[i];
                if (reg.isScalar() && reg.baseId() == id) {
                    if (count < MAX_LINKED) {
                        found[count++] = Step.linked(f, i, true);
                    } else {
                        frame.regs[i] = reg.unlinked();
                    }
                }
            }
            for (int i = 0; i < frame.slots(); i++) {
                if (frame.slot(i).isSpilledScalar() && frame.slot(i).stored().baseId() == id) {
                    if (count < MAX_LINKED) {
                        found[count++] = Step.linked(f, i, false);
                    } else {
                        frame.set(i, frame.slot(i).withReg(frame.slot(i).stored().unlinked()));
                    }
                }
            }
        }
        return count;
    }

    /// What became known of a number holds for those linked to it.
    private static void spread(State state, Reg known, int number, int[] linked) {
        for (int entry : linked) {
            Frame frame = state.frame(entry & 7);
            int index = entry >> 3 & 63;
            boolean register = (entry >> 9 & 1) != 0;
            if (register && frame == state.frame() && index == number) {
                continue;
            }
            Reg reg = register ? frame.regs[index] : frame.slot(index).stored();
            if (!reg.isScalar() || reg.baseId() != known.baseId()) {
                continue;
            }
            Reg changed = known;
            if (reg.off != known.off || reg.id != known.id) {
                changed = reg.withVar(moved(known, reg));
            }
            if (register) {
                frame.regs[index] = changed;
            } else {
                frame.set(index, frame.slot(index).withReg(changed));
            }
        }
    }

    /// What a number linked to a known one is.
    private static Scalar moved(Reg known, Reg reg) {
        if (((known.id | reg.id) & Reg.ADDED_LOW) == 0) {
            return Scalar.alu64(AluOp.ADD, known.var, Scalar.constant((long) reg.off - known.off));
        }
        boolean knownLow = (known.id & Reg.ADDED_LOW) != 0;
        Scalar base =
                Scalar.alu(
                        knownLow ? Width.W32 : Width.W64,
                        AluOp.SUB,
                        known.var,
                        Scalar.constant(known.off));
        boolean low = (reg.id & Reg.ADDED_LOW) != 0;
        return Scalar.alu(low ? Width.W32 : Width.W64, AluOp.ADD, base, Scalar.constant(reg.off));
    }

    /// Kinds of pointers that may be null though they are not marked so.
    private static boolean isPerhapsNull(Kind kind) {
        return kind == Kind.KERNEL || kind == Kind.ARENA;
    }

    /// A pointer that equals one that is not null is not null.
    private void nullByEquality(
            Cond cond, Width width, int dst, Reg a, int src, Reg b, State other) {
        if (width == Width.W32
                || src < 0
                || a.isScalar()
                || b.isScalar()
                || isPerhapsNull(a.kind)
                || isPerhapsNull(b.kind)) {
            return;
        }
        State equal = cond == Cond.JEQ ? other : cond == Cond.JNE ? env.state : null;
        if (equal == null) {
            return;
        }
        if (!a.isNullable() && b.isNullable()) {
            equal.regs()[src] = fields.notNull(equal.regs()[src], false);
        }
        if (!b.isNullable() && a.isNullable()) {
            equal.regs()[dst] = fields.notNull(equal.regs()[dst], false);
        }
    }

    private void resolveNull(State state, int dst, boolean isNull) {
        Reg reg = state.regs()[dst];
        int id = reg.id;
        if (reg.ref != 0 && reg.ref == id && isNull) {
            state.release(id);
        }
        Env.replaceAll(
                state,
                other -> {
                    if (!other.isNullable() || other.id != id) {
                        return other;
                    }
                    if (isNull) {
                        return Reg.ZERO;
                    }
                    boolean keep =
                            other.kind == Kind.MAP_VALUE
                                    && other.map != null
                                    && (fields.has(other.map, "bpf_spin_lock")
                                            || fields.has(other.map, "bpf_res_spin_lock"));
                    return fields.notNull(other, !keep);
                });
    }

    private static boolean isStart(Reg reg) {
        return reg.kind == Kind.PACKET && reg.off == 0 && reg.var.isConst(0);
    }

    /// Learns how much of the packet is there from a comparison with its end.
    private boolean matchPackets(Cond cond, int dst, Reg a, int src, Reg b, State other) {
        boolean left =
                (a.kind == Kind.PACKET && b.kind == Kind.PACKET_END)
                        || (a.kind == Kind.PACKET_META && isStart(b));
        boolean right =
                (a.kind == Kind.PACKET_END && b.kind == Kind.PACKET)
                        || (isStart(a) && b.kind == Kind.PACKET_META);
        if (!left && !right) {
            return false;
        }
        Cond seen = left ? cond : flip(cond);
        Reg packet = left ? a : b;
        int number = left ? dst : src;
        State inside;
        State outside;
        boolean open;
        switch (seen) {
            case JGT, JLE -> {
                // Beyond in one way, at most at the end in the other.
                inside = seen == Cond.JGT ? env.state : other;
                open = false;
            }
            case JGE, JLT -> {
                inside = seen == Cond.JGE ? env.state : other;
                open = true;
            }
            default -> {
                return false;
            }
        }
        outside = inside == other ? env.state : other;
        found(inside, packet, open);
        Reg there = outside.regs()[number];
        if (there.kind == Kind.PACKET) {
            outside.regs()[number] = there.withSize(open ? Reg.AT_END : Reg.BEYOND_END);
        }
        return true;
    }

    private static void found(State state, Reg packet, boolean open) {
        if (packet.off < 0 || (packet.off == 0 && open)) {
            return;
        }
        if (Long.compareUnsigned(packet.var.umax(), MAX_PACKET_OFF) > 0
                || Long.compareUnsigned(packet.var.umax() + packet.off, MAX_PACKET_OFF) > 0) {
            return;
        }
        int range = open ? packet.off + 1 : packet.off;
        Env.replaceAll(
                state,
                reg ->
                        reg.kind == packet.kind && reg.id == packet.id
                                ? reg.withSize(Math.max(reg.size, range))
                                : reg);
    }
}
