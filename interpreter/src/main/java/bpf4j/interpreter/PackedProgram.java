package bpf4j.interpreter;

import bpf4j.isa.AtomicOp;
import bpf4j.isa.Semantics;
import bpf4j.runtime.Address;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.ContextLayout;

import org.jspecify.annotations.Nullable;

/// A packed program and the loop that runs it. Longer than most files because HotSpot compiles the
/// loop well only as one method with one table switch; that method must stay under 8000 bytes of
/// bytecode, which HotSpot refuses to compile.
final class PackedProgram implements LoadedProgram, Execution.Callbacks {
    private static final long U32 = 0xFFFF_FFFFL;
    private static final int MIN32 = Integer.MIN_VALUE;
    private static final long MIN64 = Long.MIN_VALUE;
    private static final AtomicOp[] ATOMIC_OPS = AtomicOp.values();

    /// Linux: BPF_MAX_LOOPS, the budget of `may_goto` in one call of a function.
    private static final long MAX_LOOPS = 8L << 20;

    /// The words of a frame in [Execution#saved]: caller's next slot, r6 to r9, loops left.
    private static final int LOOPS = 5;

    private final long[] code;
    private final HelperFunction[] functions;
    private final HelperTable helpers;
    private final ContextLayout.@Nullable Kind[] pointers;
    private final @Nullable StepObserver observer;

    PackedProgram(
            long[] code,
            HelperFunction[] functions,
            HelperTable helpers,
            ContextLayout context,
            @Nullable StepObserver observer) {
        this.code = code;
        this.functions = functions;
        this.helpers = helpers;
        this.pointers = new ContextLayout.@Nullable Kind[context.size()];
        for (ContextLayout.Field field : context.fields()) {
            if (field.kind() != ContextLayout.Kind.SCALAR) {
                pointers[field.offset()] = field.kind();
            }
        }
        this.observer = observer;
    }

    @Override
    public long run(Execution execution) {
        execution.tailCalls = 0;
        execution.next = null;
        execution.frame = Address.STACK_TOP;
        return execution.finish(enter(execution));
    }

    @Override
    public long enter(Execution execution) {
        int frame = (Address.STACK_TOP - execution.frame) / Address.FRAME_SIZE;
        return interpret(execution, 0, frame, execution.entry1, execution.entry2, 0, 0, 0);
    }

    @Override
    public long call(Execution execution, int pc, long r1, long r2, long r3, long r4, long r5) {
        int caller = execution.frame;
        int frame = (Address.STACK_TOP - caller) / Address.FRAME_SIZE + 1;
        checkDepth(frame);
        checkEntry(pc);
        long result = execution.finish(interpret(execution, pc, frame, r1, r2, r3, r4, r5));
        execution.frame = caller;
        execution.callbacks = this;
        return result;
    }

    private int checkEntry(int pc) {
        if (pc < 0 || pc >= code.length - 1) {
            throw new ProgramFault("slot " + pc + " is no function");
        }
        return pc;
    }

    private static void checkDepth(int frame) {
        if (frame >= Address.STACK_FRAMES) {
            throw new ProgramFault("calls nest deeper than " + Address.STACK_FRAMES + " frames");
        }
    }

    private static int dst(long insn) {
        return (int) (insn >>> 8) & 15;
    }

    private static int src(long insn) {
        return (int) (insn >>> 12) & 15;
    }

    private static int off(long insn) {
        return (short) (insn >>> 16);
    }

    private static int imm(long insn) {
        return (int) (insn >> 32);
    }

    private long interpret(
            Execution x, int start, int firstFrame, long a1, long a2, long a3, long a4, long a5) {
        final long[] code = this.code;
        final long[] r = new long[16];
        r[1] = a1;
        r[2] = a2;
        r[3] = a3;
        r[4] = a4;
        r[5] = a5;
        int frame = firstFrame;
        int bottom = Address.STACK_TOP - (frame + 1) * Address.FRAME_SIZE;
        r[10] = frameTop(frame);
        x.saved[frame * Execution.SAVED + LOOPS] = MAX_LOOPS;
        long fuel = observer == null ? x.fuel : 0;
        int pc = start;
        try {
            while (true) {
                long i = code[pc++];
                if (--fuel < 0) {
                    fuel = step(x, pc - 1, frame, r);
                }
                switch ((int) i & 0xFF) {
                    case Op.ADD32_REG -> r[dst(i)] = (r[dst(i)] + r[src(i)]) & U32;
                    case Op.ADD32_IMM -> r[dst(i)] = (r[dst(i)] + imm(i)) & U32;
                    case Op.ADD64_REG -> r[dst(i)] += r[src(i)];
                    case Op.ADD64_IMM -> r[dst(i)] += imm(i);
                    case Op.SUB32_REG -> r[dst(i)] = (r[dst(i)] - r[src(i)]) & U32;
                    case Op.SUB32_IMM -> r[dst(i)] = (r[dst(i)] - imm(i)) & U32;
                    case Op.SUB64_REG -> r[dst(i)] -= r[src(i)];
                    case Op.SUB64_IMM -> r[dst(i)] -= imm(i);
                    case Op.MUL32_REG -> r[dst(i)] = (r[dst(i)] * r[src(i)]) & U32;
                    case Op.MUL32_IMM -> r[dst(i)] = (r[dst(i)] * imm(i)) & U32;
                    case Op.MUL64_REG -> r[dst(i)] *= r[src(i)];
                    case Op.MUL64_IMM -> r[dst(i)] *= imm(i);
                    case Op.DIV32_REG ->
                            r[dst(i)] = Semantics.div32((int) r[dst(i)], (int) r[src(i)]) & U32;
                    case Op.DIV32_IMM -> r[dst(i)] = Semantics.div32((int) r[dst(i)], imm(i)) & U32;
                    case Op.DIV64_REG -> r[dst(i)] = Semantics.div64(r[dst(i)], r[src(i)]);
                    case Op.DIV64_IMM -> r[dst(i)] = Semantics.div64(r[dst(i)], imm(i));
                    case Op.SDIV32_REG ->
                            r[dst(i)] = Semantics.sdiv32((int) r[dst(i)], (int) r[src(i)]) & U32;
                    case Op.SDIV32_IMM ->
                            r[dst(i)] = Semantics.sdiv32((int) r[dst(i)], imm(i)) & U32;
                    case Op.SDIV64_REG -> r[dst(i)] = Semantics.sdiv64(r[dst(i)], r[src(i)]);
                    case Op.SDIV64_IMM -> r[dst(i)] = Semantics.sdiv64(r[dst(i)], imm(i));
                    case Op.OR32_REG -> r[dst(i)] = (r[dst(i)] | r[src(i)]) & U32;
                    case Op.OR32_IMM -> r[dst(i)] = (r[dst(i)] | imm(i)) & U32;
                    case Op.OR64_REG -> r[dst(i)] |= r[src(i)];
                    case Op.OR64_IMM -> r[dst(i)] |= imm(i);
                    case Op.AND32_REG -> r[dst(i)] = (r[dst(i)] & r[src(i)]) & U32;
                    case Op.AND32_IMM -> r[dst(i)] = (r[dst(i)] & imm(i)) & U32;
                    case Op.AND64_REG -> r[dst(i)] &= r[src(i)];
                    case Op.AND64_IMM -> r[dst(i)] &= imm(i);
                    case Op.LSH32_REG -> r[dst(i)] = ((int) r[dst(i)] << (int) r[src(i)]) & U32;
                    case Op.LSH32_IMM -> r[dst(i)] = ((int) r[dst(i)] << imm(i)) & U32;
                    case Op.LSH64_REG -> r[dst(i)] <<= (int) r[src(i)];
                    case Op.LSH64_IMM -> r[dst(i)] <<= imm(i);
                    case Op.RSH32_REG -> r[dst(i)] = ((int) r[dst(i)] >>> (int) r[src(i)]) & U32;
                    case Op.RSH32_IMM -> r[dst(i)] = ((int) r[dst(i)] >>> imm(i)) & U32;
                    case Op.RSH64_REG -> r[dst(i)] >>>= (int) r[src(i)];
                    case Op.RSH64_IMM -> r[dst(i)] >>>= imm(i);
                    case Op.MOD32_REG ->
                            r[dst(i)] = Semantics.mod32((int) r[dst(i)], (int) r[src(i)]) & U32;
                    case Op.MOD32_IMM -> r[dst(i)] = Semantics.mod32((int) r[dst(i)], imm(i)) & U32;
                    case Op.MOD64_REG -> r[dst(i)] = Semantics.mod64(r[dst(i)], r[src(i)]);
                    case Op.MOD64_IMM -> r[dst(i)] = Semantics.mod64(r[dst(i)], imm(i));
                    case Op.SMOD32_REG ->
                            r[dst(i)] = Semantics.smod32((int) r[dst(i)], (int) r[src(i)]) & U32;
                    case Op.SMOD32_IMM ->
                            r[dst(i)] = Semantics.smod32((int) r[dst(i)], imm(i)) & U32;
                    case Op.SMOD64_REG -> r[dst(i)] = Semantics.smod64(r[dst(i)], r[src(i)]);
                    case Op.SMOD64_IMM -> r[dst(i)] = Semantics.smod64(r[dst(i)], imm(i));
                    case Op.XOR32_REG -> r[dst(i)] = (r[dst(i)] ^ r[src(i)]) & U32;
                    case Op.XOR32_IMM -> r[dst(i)] = (r[dst(i)] ^ imm(i)) & U32;
                    case Op.XOR64_REG -> r[dst(i)] ^= r[src(i)];
                    case Op.XOR64_IMM -> r[dst(i)] ^= imm(i);
                    case Op.MOV32_REG -> r[dst(i)] = r[src(i)] & U32;
                    case Op.MOV32_IMM -> r[dst(i)] = imm(i) & U32;
                    case Op.MOV64_REG -> r[dst(i)] = r[src(i)];
                    case Op.MOV64_IMM -> r[dst(i)] = imm(i);
                    case Op.ARSH32_REG -> r[dst(i)] = ((int) r[dst(i)] >> (int) r[src(i)]) & U32;
                    case Op.ARSH32_IMM -> r[dst(i)] = ((int) r[dst(i)] >> imm(i)) & U32;
                    case Op.ARSH64_REG -> r[dst(i)] >>= (int) r[src(i)];
                    case Op.ARSH64_IMM -> r[dst(i)] >>= imm(i);
                    case Op.JEQ32_REG -> {
                        if ((int) r[dst(i)] == (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JEQ32_IMM -> {
                        if ((int) r[dst(i)] == imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JEQ64_REG -> {
                        if (r[dst(i)] == r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JEQ64_IMM -> {
                        if (r[dst(i)] == imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JNE32_REG -> {
                        if ((int) r[dst(i)] != (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JNE32_IMM -> {
                        if ((int) r[dst(i)] != imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JNE64_REG -> {
                        if (r[dst(i)] != r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JNE64_IMM -> {
                        if (r[dst(i)] != imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSET32_REG -> {
                        if (((int) r[dst(i)] & (int) r[src(i)]) != 0) {
                            pc += off(i);
                        }
                    }
                    case Op.JSET32_IMM -> {
                        if (((int) r[dst(i)] & imm(i)) != 0) {
                            pc += off(i);
                        }
                    }
                    case Op.JSET64_REG -> {
                        if ((r[dst(i)] & r[src(i)]) != 0) {
                            pc += off(i);
                        }
                    }
                    case Op.JSET64_IMM -> {
                        if ((r[dst(i)] & imm(i)) != 0) {
                            pc += off(i);
                        }
                    }
                    case Op.JGT32_REG -> {
                        if ((int) r[dst(i)] + MIN32 > (int) r[src(i)] + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JGT32_IMM -> {
                        if ((int) r[dst(i)] + MIN32 > imm(i) + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JGT64_REG -> {
                        if (r[dst(i)] + MIN64 > r[src(i)] + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JGT64_IMM -> {
                        if (r[dst(i)] + MIN64 > imm(i) + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JGE32_REG -> {
                        if ((int) r[dst(i)] + MIN32 >= (int) r[src(i)] + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JGE32_IMM -> {
                        if ((int) r[dst(i)] + MIN32 >= imm(i) + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JGE64_REG -> {
                        if (r[dst(i)] + MIN64 >= r[src(i)] + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JGE64_IMM -> {
                        if (r[dst(i)] + MIN64 >= imm(i) + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JLT32_REG -> {
                        if ((int) r[dst(i)] + MIN32 < (int) r[src(i)] + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JLT32_IMM -> {
                        if ((int) r[dst(i)] + MIN32 < imm(i) + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JLT64_REG -> {
                        if (r[dst(i)] + MIN64 < r[src(i)] + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JLT64_IMM -> {
                        if (r[dst(i)] + MIN64 < imm(i) + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JLE32_REG -> {
                        if ((int) r[dst(i)] + MIN32 <= (int) r[src(i)] + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JLE32_IMM -> {
                        if ((int) r[dst(i)] + MIN32 <= imm(i) + MIN32) {
                            pc += off(i);
                        }
                    }
                    case Op.JLE64_REG -> {
                        if (r[dst(i)] + MIN64 <= r[src(i)] + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JLE64_IMM -> {
                        if (r[dst(i)] + MIN64 <= imm(i) + MIN64) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGT32_REG -> {
                        if ((int) r[dst(i)] > (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGT32_IMM -> {
                        if ((int) r[dst(i)] > imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGT64_REG -> {
                        if (r[dst(i)] > r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGT64_IMM -> {
                        if (r[dst(i)] > imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGE32_REG -> {
                        if ((int) r[dst(i)] >= (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGE32_IMM -> {
                        if ((int) r[dst(i)] >= imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGE64_REG -> {
                        if (r[dst(i)] >= r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSGE64_IMM -> {
                        if (r[dst(i)] >= imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLT32_REG -> {
                        if ((int) r[dst(i)] < (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLT32_IMM -> {
                        if ((int) r[dst(i)] < imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLT64_REG -> {
                        if (r[dst(i)] < r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLT64_IMM -> {
                        if (r[dst(i)] < imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLE32_REG -> {
                        if ((int) r[dst(i)] <= (int) r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLE32_IMM -> {
                        if ((int) r[dst(i)] <= imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLE64_REG -> {
                        if (r[dst(i)] <= r[src(i)]) {
                            pc += off(i);
                        }
                    }
                    case Op.JSLE64_IMM -> {
                        if (r[dst(i)] <= imm(i)) {
                            pc += off(i);
                        }
                    }
                    case Op.NEG32 -> r[dst(i)] = -(int) r[dst(i)] & U32;
                    case Op.NEG64 -> r[dst(i)] = -r[dst(i)];
                    case Op.MOVSX8_32 -> r[dst(i)] = (byte) r[src(i)] & U32;
                    case Op.MOVSX16_32 -> r[dst(i)] = (short) r[src(i)] & U32;
                    case Op.MOVSX8_64 -> r[dst(i)] = (byte) r[src(i)];
                    case Op.MOVSX16_64 -> r[dst(i)] = (short) r[src(i)];
                    case Op.MOVSX32_64 -> r[dst(i)] = (int) r[src(i)];
                    case Op.ZEXT16 -> r[dst(i)] &= 0xFFFF;
                    case Op.ZEXT32 -> r[dst(i)] &= U32;
                    case Op.SWAP16 -> r[dst(i)] = Short.reverseBytes((short) r[dst(i)]) & 0xFFFFL;
                    case Op.SWAP32 -> r[dst(i)] = Integer.reverseBytes((int) r[dst(i)]) & U32;
                    case Op.SWAP64 -> r[dst(i)] = Long.reverseBytes(r[dst(i)]);
                    case Op.NOP -> {}
                    case Op.LOAD_IMM -> r[dst(i)] = code[pc++];
                    case Op.LOAD_B -> r[dst(i)] = load8(x, r[src(i)] + off(i), bottom) & 0xFFL;
                    case Op.LOAD_H -> r[dst(i)] = load16(x, r[src(i)] + off(i), bottom) & 0xFFFFL;
                    case Op.LOAD_W -> r[dst(i)] = load32(x, r[src(i)] + off(i), bottom);
                    case Op.LOAD_DW -> r[dst(i)] = load64(x, r[src(i)] + off(i), bottom);
                    case Op.LOAD_SB -> r[dst(i)] = (byte) load8(x, r[src(i)] + off(i), bottom);
                    case Op.LOAD_SH -> r[dst(i)] = (short) load16(x, r[src(i)] + off(i), bottom);
                    case Op.LOAD_SW -> r[dst(i)] = (int) load32(x, r[src(i)] + off(i), bottom);
                    case Op.STORE_B -> store8(x, r[dst(i)] + off(i), bottom, (byte) r[src(i)]);
                    case Op.STORE_H -> store16(x, r[dst(i)] + off(i), bottom, (short) r[src(i)]);
                    case Op.STORE_W -> store32(x, r[dst(i)] + off(i), bottom, (int) r[src(i)]);
                    case Op.STORE_DW -> store64(x, r[dst(i)] + off(i), bottom, r[src(i)]);
                    case Op.STORE_IMM_B -> store8(x, r[dst(i)] + off(i), bottom, (byte) imm(i));
                    case Op.STORE_IMM_H -> store16(x, r[dst(i)] + off(i), bottom, (short) imm(i));
                    case Op.STORE_IMM_W -> store32(x, r[dst(i)] + off(i), bottom, imm(i));
                    case Op.STORE_IMM_DW -> store64(x, r[dst(i)] + off(i), bottom, imm(i));
                    case Op.ATOMIC -> atomic(x, i, r, bottom);
                    case Op.ACQUIRE -> {
                        long address = checkStack(r[src(i)] + off(i), imm(i), bottom, false);
                        r[dst(i)] = Memory.loadAcquire(x, address, imm(i));
                    }
                    case Op.RELEASE -> {
                        long address = checkStack(r[dst(i)] + off(i), imm(i), bottom, true);
                        Memory.storeRelease(x, address, imm(i), r[src(i)]);
                    }
                    case Op.JUMP -> pc += imm(i);
                    case Op.MAY_GOTO -> {
                        if (x.saved[frame * Execution.SAVED + LOOPS]-- == 0) {
                            x.saved[frame * Execution.SAVED + LOOPS] = 0;
                            pc += off(i);
                        }
                    }
                    case Op.CALL_HELPER -> {
                        beforeCall(x, frame, fuel);
                        r[0] = functions[imm(i)].call(x, r[1], r[2], r[3], r[4], r[5]);
                        fuel = observer == null ? x.fuel : 0;
                    }
                    case Op.CALL_LOCAL, Op.CALL_REG -> {
                        int target;
                        if ((int) (i & 0xFF) == Op.CALL_LOCAL) {
                            target = pc + imm(i);
                        } else if (Address.region(r[dst(i)]) == Address.CODE) {
                            target = checkEntry(Address.offset(r[dst(i)]));
                        } else {
                            r[0] = callByNumber(x, frame, fuel, r, r[dst(i)]);
                            fuel = observer == null ? x.fuel : 0;
                            continue;
                        }
                        checkDepth(frame + 1);
                        save(x, frame, pc, r);
                        frame++;
                        bottom -= Address.FRAME_SIZE;
                        r[10] -= Address.FRAME_SIZE;
                        x.saved[frame * Execution.SAVED + LOOPS] = MAX_LOOPS;
                        pc = target;
                    }
                    case Op.PACKET_LOAD, Op.TAIL_CALL, Op.EXIT -> {
                        boolean leave = true;
                        if ((int) (i & 0xFF) == Op.PACKET_LOAD) {
                            leave = !packetLoad(x, i, r);
                        } else if ((int) (i & 0xFF) == Op.TAIL_CALL) {
                            beforeCall(x, frame, fuel);
                            r[0] = functions[imm(i)].call(x, r[1], r[2], r[3], r[4], r[5]);
                            leave = x.next != null;
                            if (leave && frame != firstFrame) {
                                r[0] = x.finish(r[0]);
                            }
                            fuel = observer == null ? x.fuel : 0;
                        }
                        if (leave) {
                            if (frame == firstFrame) {
                                x.fuel = fuel(x, fuel);
                                return r[0];
                            }
                            frame--;
                            pc = restore(x, frame, r);
                            bottom += Address.FRAME_SIZE;
                            r[10] += Address.FRAME_SIZE;
                        }
                    }
                    default -> throw new ProgramFault("the program runs off its end");
                }
            }
        } catch (ProgramFault fault) {
            throw fault.at(pc - 1);
        } catch (IndexOutOfBoundsException e) {
            throw new ProgramFault("internal bounds check: " + e.getMessage()).at(pc - 1);
        }
    }

    private static long frameTop(int frame) {
        return Address.of(Address.STACK, Address.STACK_TOP - frame * Address.FRAME_SIZE);
    }

    /// The fuel to note in the execution: while steps are observed, [#step] counts there.
    private long fuel(Execution x, long fuel) {
        return observer == null ? fuel : x.fuel;
    }

    /// Called before an instruction when the local fuel is used up: at the end of the budget, or,
    /// where steps are observed, each time.
    private long step(Execution x, int pc, int frame, long[] r) {
        if (observer == null || --x.fuel < 0) {
            x.fuel = 0;
            throw new ProgramFault("the program used up its fuel");
        }
        observer.step(pc, frame, r);
        return 0;
    }

    private void beforeCall(Execution x, int frame, long fuel) {
        x.frame = Address.STACK_TOP - frame * Address.FRAME_SIZE;
        x.callbacks = this;
        x.fuel = fuel(x, fuel);
    }

    private static void save(Execution x, int frame, int pc, long[] r) {
        int at = frame * Execution.SAVED;
        x.saved[at] = pc;
        System.arraycopy(r, 6, x.saved, at + 1, 4);
    }

    private static int restore(Execution x, int frame, long[] r) {
        int at = frame * Execution.SAVED;
        System.arraycopy(x.saved, at + 1, r, 6, 4);
        return (int) x.saved[at];
    }

    private long callByNumber(Execution x, int frame, long fuel, long[] r, long number) {
        HelperFunction function = number == (int) number ? helpers.find((int) number) : null;
        if (function == null) {
            throw new ProgramFault(
                    "callx: " + Address.describe(number) + " is neither function nor helper");
        }
        beforeCall(x, frame, fuel);
        return function.call(x, r[1], r[2], r[3], r[4], r[5]);
    }

    /// RFC 9669 section 5.5; a load outside of the packet ends the function with 0.
    private static boolean packetLoad(Execution x, long i, long[] r) {
        long at = imm(i);
        if (src(i) != Op.NO_REGISTER) {
            at = (int) (at + r[src(i)]);
        }
        int size = off(i);
        int start = x.data;
        // Linux: SKF_NET_OFF and SKF_LL_OFF, offsets from the network and the link-layer header.
        if (at < 0 && at >= -0x100000) {
            start = x.packetState.networkHeader;
            at += 0x100000;
        } else if (at < 0 && at >= -0x200000) {
            start = x.packetState.macHeader;
            at += 0x200000;
        }
        if (at < 0 || start + at + size > x.dataEnd) {
            r[0] = 0;
            return false;
        }
        long value = Memory.loadPacket(x, (int) (start + at), size);
        r[0] =
                switch (size) {
                    case 1 -> value;
                    case 2 -> Short.reverseBytes((short) value) & 0xFFFFL;
                    default -> Integer.reverseBytes((int) value) & U32;
                };
        return true;
    }

    /// RFC 9669 section 5.3.
    private static void atomic(Execution x, long i, long[] r, int bottom) {
        int imm = imm(i);
        AtomicOp op = ATOMIC_OPS[imm >> 4];
        int size = (imm & 2) != 0 ? 8 : 4;
        long address = checkStack(r[dst(i)] + off(i), size, bottom, true);
        long old = Memory.atomic(x, op, size, address, r[src(i)], r[0]);
        if (op == AtomicOp.CMPXCHG) {
            r[0] = old;
        } else if ((imm & 1) != 0) {
            r[src(i)] = old;
        }
    }

    /// Refuses what lies below the running frame.
    private static long checkStack(long address, int size, int bottom, boolean write) {
        if (Address.region(address) == Address.STACK && Address.offset(address) < bottom) {
            throw Memory.outside(address, size, write);
        }
        return address;
    }

    private static boolean inStack(long address, int size, int bottom) {
        int offset = (int) address;
        return (int) (address >>> 32) == Address.STACK
                && offset >= bottom
                && offset <= Address.STACK_TOP - size;
    }

    private static boolean inHeapPacket(Execution x, long address, int size) {
        int offset = (int) address;
        return (int) (address >>> 32) == Address.PACKET
                && offset >= x.dataMeta
                && offset <= x.dataEnd - size
                && x.nativePacket == null;
    }

    private long load8(Execution x, long address, int bottom) {
        if (inStack(address, 1, bottom)) {
            return x.stack[(int) address];
        }
        if (inHeapPacket(x, address, 1)) {
            return x.packet[x.packetBase + (int) address];
        }
        return loadElsewhere(x, checkStack(address, 1, bottom, false), 1);
    }

    private static void store8(Execution x, long address, int bottom, byte value) {
        if (inStack(address, 1, bottom)) {
            x.stack[(int) address] = value;
        } else if (inHeapPacket(x, address, 1)) {
            x.packet[x.packetBase + (int) address] = value;
        } else {
            Memory.store(x, checkStack(address, 1, bottom, true), 1, value);
        }
    }

    private long load16(Execution x, long address, int bottom) {
        if (inStack(address, 2, bottom)) {
            return (short) Memory.SHORTS.get(x.stack, (int) address);
        }
        if (inHeapPacket(x, address, 2)) {
            return (short) Memory.SHORTS.get(x.packet, x.packetBase + (int) address);
        }
        return loadElsewhere(x, checkStack(address, 2, bottom, false), 2);
    }

    private static void store16(Execution x, long address, int bottom, short value) {
        if (inStack(address, 2, bottom)) {
            Memory.SHORTS.set(x.stack, (int) address, value);
        } else if (inHeapPacket(x, address, 2)) {
            Memory.SHORTS.set(x.packet, x.packetBase + (int) address, value);
        } else {
            Memory.store(x, checkStack(address, 2, bottom, true), 2, value);
        }
    }

    private long load32(Execution x, long address, int bottom) {
        if (inStack(address, 4, bottom)) {
            return (int) Memory.INTS.get(x.stack, (int) address) & U32;
        }
        if (inHeapPacket(x, address, 4)) {
            return (int) Memory.INTS.get(x.packet, x.packetBase + (int) address) & U32;
        }
        return loadElsewhere(x, checkStack(address, 4, bottom, false), 4);
    }

    private static void store32(Execution x, long address, int bottom, int value) {
        if (inStack(address, 4, bottom)) {
            Memory.INTS.set(x.stack, (int) address, value);
        } else if (inHeapPacket(x, address, 4)) {
            Memory.INTS.set(x.packet, x.packetBase + (int) address, value);
        } else {
            Memory.store(x, checkStack(address, 4, bottom, true), 4, value);
        }
    }

    private long load64(Execution x, long address, int bottom) {
        if (inStack(address, 8, bottom)) {
            return (long) Memory.LONGS.get(x.stack, (int) address);
        }
        if (inHeapPacket(x, address, 8)) {
            return (long) Memory.LONGS.get(x.packet, x.packetBase + (int) address);
        }
        return loadElsewhere(x, checkStack(address, 8, bottom, false), 8);
    }

    private static void store64(Execution x, long address, int bottom, long value) {
        if (inStack(address, 8, bottom)) {
            Memory.LONGS.set(x.stack, (int) address, value);
        } else if (inHeapPacket(x, address, 8)) {
            Memory.LONGS.set(x.packet, x.packetBase + (int) address, value);
        } else {
            Memory.store(x, checkStack(address, 8, bottom, true), 8, value);
        }
    }

    private long loadElsewhere(Execution x, long address, int size) {
        if (Address.region(address) == Address.CONTEXT && size >= 4) {
            int offset = Address.offset(address);
            ContextLayout.Kind kind =
                    offset >= 0 && offset < pointers.length ? pointers[offset] : null;
            if (kind != null) {
                return x.contextPointer(kind);
            }
        }
        return Memory.load(x, address, size);
    }
}
