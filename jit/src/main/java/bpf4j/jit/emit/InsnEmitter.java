package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.jit.ir.Effects;
import bpf4j.jit.ir.Lookups.Lookup;
import bpf4j.jit.ir.Rep;
import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Label;

import java.util.List;
import java.util.function.IntFunction;

/// Writes the bytecode of one instruction; each kind has an emitter of its own.
final class InsnEmitter {
    private final MethodContext context;
    private final Effects effects;
    private final Values values;
    private final AluEmitter alu;
    private final MemoryEmitter memory;
    private final AtomicEmitter atomics;
    private final JumpEmitter jumps;
    private final CallEmitter calls;
    private final SlotEmitter slots;
    private final LookupEmitter lookups;

    InsnEmitter(MethodContext context, Effects effects, CallEmitter.Targets targets) {
        this.context = context;
        this.effects = effects;
        this.values = context.values();
        Places places = new Places(context);
        alu = new AluEmitter(context);
        memory = new MemoryEmitter(context, places);
        atomics = new AtomicEmitter(context, places, memory);
        jumps = new JumpEmitter(context);
        calls = new CallEmitter(context, targets);
        slots = new SlotEmitter(context, effects.slots());
        lookups = new LookupEmitter(context, places, effects.slots(), slots);
    }

    /// Writes an instruction.
    ///
    /// @param rep the representation of the register that it writes, or null when nothing reads it
    /// @param target where it jumps to; only for conditional jumps
    /// @param stored the representation of each stack slot that it writes, or null
    void emit(
            int pc,
            Insn insn,
            @Nullable Rep rep,
            IntFunction<@Nullable Rep> stored,
            @Nullable Label target) {
        switch (insn) {
            case Insn.Alu op -> {
                if (rep != null) {
                    alu.alu(pc, op, rep);
                }
            }
            case Insn.Neg neg -> {
                if (rep != null) {
                    alu.negate(neg, rep);
                }
            }
            case Insn.MovSx mov -> {
                if (rep != null) {
                    alu.moveSigned(mov, rep);
                }
            }
            case Insn.ByteSwap swap -> {
                if (rep != null) {
                    alu.swap(swap, rep);
                }
            }
            case Insn.AddrSpaceCast cast -> {
                if (rep != null) {
                    values.copy(cast.src(), cast.dst(), rep);
                }
            }
            case Insn.LoadImm64 load -> {
                if (rep != null) {
                    constant(pc, load, rep);
                }
            }
            case Insn.Load load -> load(pc, load, rep);
            case Insn.Store store -> {
                boolean inSlots = effects.slots().count(pc) > 0;
                if (!inSlots || effects.slots().inMemoryToo(pc)) {
                    memory.store(pc, store);
                }
                if (inSlots) {
                    slots.store(pc, store, stored);
                }
            }
            case Insn.LoadAbs load ->
                    memory.legacy(pc, load.size(), load.imm(), new Operand.Imm(0), orLong(rep));
            case Insn.LoadInd load ->
                    memory.legacy(
                            pc, load.size(), load.imm(), new Operand.Reg(load.src()), orLong(rep));
            case Insn.Atomic atomic -> atomics.atomic(pc, atomic, rep);
            case Insn.LoadAcquire load -> memory.loadAcquire(pc, load, orLong(rep));
            case Insn.StoreRelease store -> memory.storeRelease(pc, store);
            case Insn.Jump _ -> {}
            case Insn.JumpIf jump -> {
                if (target != null) {
                    jumps.jumpIf(pc, jump, target);
                }
            }
            case Insn.MayGoto _ -> {
                if (target != null) {
                    jumps.mayGoto(target);
                }
            }
            case Insn.CallHelper call -> {
                Lookup lookup = context.knowledge().lookup(pc, call);
                if (lookup == null || !lookups.emit(pc, lookup, rep)) {
                    calls.helper(pc, call, effects.uses(pc, call) & 0b111110, rep);
                }
            }
            case Insn.CallLocal call -> calls.local(pc, call, rep);
            case Insn.CallKfunc call -> calls.kernelFunction(pc, call, rep);
            case Insn.CallReg call -> calls.register(pc, call, rep);
            case Insn.Exit _ -> {
                values.pushLong(0);
                context.exit().emit();
            }
        }
    }

    private void load(int pc, Insn.Load load, @Nullable Rep rep) {
        boolean free =
                effects.slots().count(pc) > 0
                        || context.knowledge().isTrusted()
                                && context.knowledge().region(pc) != null;
        if (rep == null && free) {
            return;
        }
        if (effects.slots().count(pc) > 0) {
            slots.load(pc, load, orLong(rep));
        } else if (free && (rep instanceof Rep.Constant || rep instanceof Rep.InFrame)) {
            values.set(load.dst(), rep);
        } else {
            memory.load(pc, load, orLong(rep));
        }
    }

    /// Takes instructions from the fuel.
    void spend(int pc, int count) {
        context.mark(pc);
        calls.spend(count);
    }

    private static Rep orLong(@Nullable Rep rep) {
        return rep == null ? Rep.Plain.LONG : rep;
    }

    private void constant(int pc, Insn.LoadImm64 load, Rep rep) {
        if (rep instanceof Rep.Constant || rep instanceof Rep.InFrame) {
            values.set(load.dst(), rep);
            return;
        }
        context.writer().constant(value(pc, load));
        values.pop(load.dst(), rep, Values.Form.LONG);
    }

    private long value(int pc, Insn.LoadImm64 load) {
        return switch (load.kind()) {
            case CONST -> load.value();
            case MAP, MAP_IDX -> map(pc, load.imm()).handle();
            case MAP_VALUE, MAP_IDX_VALUE -> map(pc, load.imm()).valueAddress(load.imm2());
            case FUNC -> Address.of(Address.CODE, pc + 1 + load.imm());
            // A kernel variable does not exist here: null, as for a weak one.
            case BTF_ID -> 0;
        };
    }

    private BpfMap map(int pc, int index) {
        List<BpfMap> maps = context.layout().bindings().maps();
        if (index < 0 || index >= maps.size()) {
            throw new IllegalArgumentException(
                    "insn " + pc + ": map " + index + " of " + maps.size() + " is not bound");
        }
        return maps.get(index);
    }
}
