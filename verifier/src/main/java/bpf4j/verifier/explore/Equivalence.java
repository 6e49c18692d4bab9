package bpf4j.verifier.explore;

import bpf4j.verifier.check.Env;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.Slot;
import bpf4j.verifier.state.State;

import org.jspecify.annotations.Nullable;

/// Whether what was found safe from an old state is safe from the current one.
final class Equivalence {
    /// How much of the states is compared.
    enum Level {
        /// What the paths from the old state read, and the numbers that mattered to them.
        USED,
        /// Everything the same.
        EXACT,
        /// Everything included.
        INCLUDED
    }

    private final Env env;
    private final Ids ids = new Ids();

    Equivalence(Env env) {
        this.env = env;
    }

    /// Whether the old checkpoint covers the current state.
    boolean covers(State old, State now, Level level) {
        if (old.current != now.current
                || old.lockedMap != now.lockedMap
                || old.rcuLocks != now.rcuLocks
                || old.preemptLocks != now.preemptLocks
                || old.sleepable != now.sleepable) {
            return false;
        }
        ids.reset(env.lastId());
        if (!ids.same(old.lockId, now.lockId)) {
            return false;
        }
        for (int f = 0; f <= old.current; f++) {
            if (old.frame(f).callSite != now.frame(f).callSite || !frame(old, now, f, level)) {
                return false;
            }
        }
        Reference[] before = old.references();
        Reference[] after = now.references();
        if (before.length != after.length) {
            return false;
        }
        for (int i = 0; i < before.length; i++) {
            if (before[i].frame() != after[i].frame() || !ids.same(before[i].id(), after[i].id())) {
                return false;
            }
        }
        return true;
    }

    private boolean frame(State old, State now, int number, Level level) {
        Frame before = old.frame(number);
        Frame after = now.frame(number);
        if (before.callbackDepth > after.callbackDepth) {
            return false;
        }
        int live = env.cfg.liveBefore[old.pcOf(number, old.pc)];
        for (int i = 0; i < 10; i++) {
            if ((live >> i & 1) == 0) {
                continue;
            }
            boolean precise = (old.preciseRegs[number] >> i & 1) != 0;
            if (!reg(before.regs[i], after.regs[i], level, precise)) {
                return false;
            }
        }
        return stack(old, before, after, level);
    }

    private boolean exact(Reg before, Reg now) {
        return before.sameButIds(now)
                && ids.same(before.id, now.id)
                && ids.same(before.ref, now.ref);
    }

    private boolean reg(Reg before, Reg now, Level level, boolean precise) {
        if (level == Level.EXACT) {
            return exact(before, now);
        }
        if (before.kind == Kind.NOT_INIT) {
            return true;
        }
        if (before.kind != now.kind || before.flags != now.flags) {
            return false;
        }
        return switch (before.kind) {
            case SCALAR ->
                    env.exploreLimits
                            ? sameNumber(before, now)
                            : (!precise && level == Level.USED && !isAllPrecise())
                                    || number(before, now);
            case MAP_KEY, MAP_VALUE, MEM, BUF, TP_BUFFER ->
                    before.off == now.off
                            && before.size == now.size
                            && before.map == now.map
                            && before.mapId == now.mapId
                            && ids.same(before.extra, now.extra)
                            && before.var.includes(now.var)
                            && ids.same(before.id, now.id)
                            && ids.same(before.ref, now.ref);
            case PACKET, PACKET_META -> packet(before, now);
            case ARENA -> true;
            default -> exact(before, now);
        };
    }

    private boolean sameNumber(Reg before, Reg now) {
        return before.sameButIds(now) && ids.sameLinks(before.id, now.id);
    }

    private boolean number(Reg before, Reg now) {
        boolean addedBefore = (before.id & Reg.ADDED) != 0;
        boolean addedNow = (now.id & Reg.ADDED) != 0;
        if ((addedBefore && !addedNow)
                || (before.id != 0 && !addedBefore && addedNow)
                || (addedBefore && before.off != now.off)
                || (addedBefore && ((before.id ^ now.id) & Reg.ADDED_LOW) != 0)) {
            return false;
        }
        return ids.sameLinks(before.id, now.id) && before.var.includes(now.var);
    }

    /// At least as much of the packet must be known to be there.
    private boolean packet(Reg before, Reg now) {
        boolean edge = before.size < 0 || now.size < 0;
        if (edge ? before.size != now.size : before.size > now.size) {
            return false;
        }
        return before.off == now.off && ids.same(before.id, now.id) && before.var.includes(now.var);
    }

    private boolean isAllPrecise() {
        return env.options.allPrecise() || !env.bpf;
    }

    private @Nullable Reg numberIn(Slot slot) {
        if (slot.isSpilledScalar64()) {
            return slot.stored();
        }
        return slot.isAllMisc(env.allowUninitStack) ? Reg.UNKNOWN : null;
    }

    private boolean stack(State old, Frame before, Frame after, Level level) {
        if (before.sharesStackWith(after) && level == Level.EXACT) {
            return true;
        }
        long read = old.read[before.number];
        long precise = old.preciseSlots[before.number];
        for (int i = 0; i < before.slots(); i++) {
            if (level == Level.USED && (read >> i & 1) == 0) {
                continue;
            }
            Slot was = before.slot(i);
            Slot is = after.slot(i);
            if (level == Level.EXACT && was.types() != is.types()) {
                return false;
            }
            if (!slot(was, is, level, (precise >> i & 1) != 0)) {
                return false;
            }
        }
        return true;
    }

    private boolean slot(Slot was, Slot is, Level level, boolean precise) {
        Reg wasNumber = numberIn(was);
        Reg isNumber = numberIn(is);
        if (wasNumber != null && isNumber != null && level != Level.EXACT) {
            if (was.types() == 0) {
                return true;
            }
            return reg(wasNumber, isNumber, level, precise);
        }
        for (int i = 0; i < 8; i++) {
            int type = was.type(i);
            if (type == Slot.INVALID || (type == Slot.MISC && env.allowUninitStack)) {
                continue;
            }
            int now = is.type(i);
            if (type == Slot.MISC && now == Slot.ZERO) {
                continue;
            }
            if (type != now) {
                return false;
            }
        }
        return switch (was.type(7)) {
            case Slot.SPILL -> reg(was.stored(), is.stored(), level, precise);
            case Slot.DYNPTR -> {
                Reg a = was.stored();
                Reg b = is.stored();
                yield a.size == b.size
                        && a.extra == b.extra
                        && ids.same(a.id, b.id)
                        && ids.same(a.ref, b.ref);
            }
            case Slot.ITERATOR -> {
                Reg a = was.stored();
                Reg b = is.stored();
                yield a.size == b.size && a.off == b.off && ids.same(a.ref, b.ref);
            }
            default -> true;
        };
    }

    /// Whether an iterator in use was advanced between the states.
    static boolean iteratorsMoved(State old, State now) {
        for (int f = 0; f <= old.current; f++) {
            Frame before = old.frame(f);
            for (int i = 0; i < before.slots(); i++) {
                Slot slot = before.slot(i);
                if (slot.isIterator()
                        && slot.stored().size == 1
                        && now.frame(f).slot(i).stored().extra != slot.stored().extra) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Forgets numbers that differ from those of an earlier turn of a loop, unless they matter.
    void widen(State earlier, State now) {
        ids.reset(env.lastId());
        for (int f = Math.min(earlier.current, now.current); f >= 0; f--) {
            Frame before = earlier.frame(f);
            Frame after = now.frame(f);
            for (int i = 0; i < 10; i++) {
                boolean precise = (earlier.preciseRegs[f] >> i & 1) != 0;
                if (changes(before.regs[i], after.regs[i], precise)) {
                    after.regs[i] = Reg.UNKNOWN;
                }
            }
            int slots = Math.min(before.slots(), after.slots());
            for (int i = 0; i < slots; i++) {
                Slot was = before.slot(i);
                Slot is = after.slot(i);
                if (was.isSpill() && is.isSpill()) {
                    boolean precise = (earlier.preciseSlots[f] >> i & 1) != 0;
                    if (changes(was.stored(), is.stored(), precise)) {
                        after.set(i, is.withReg(Reg.UNKNOWN));
                    }
                }
            }
        }
    }

    private boolean changes(Reg before, Reg now, boolean precise) {
        return before.isScalar()
                && now.isScalar()
                && !precise
                && env.bpf
                && !env.options.allPrecise()
                && !exact(before, now);
    }
}
