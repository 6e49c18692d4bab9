package bpf4j.jit.emit;

import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Size;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;

import org.jspecify.annotations.Nullable;

/// Atomic read-modify-write operations. On values of a known map they are one instruction of the
/// processor; `getAndAdd` without use of its result becomes `lock add`.
final class AtomicEmitter {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;
    private final Places places;
    private final MemoryEmitter memory;

    AtomicEmitter(MethodContext context, Places places, MemoryEmitter memory) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
        this.places = places;
        this.memory = memory;
    }

    /// The operation; `rep` is what the fetched value's register has afterwards, null when nothing
    /// reads it.
    void atomic(int pc, Insn.Atomic atomic, @Nullable Rep rep) {
        context.mark(pc);
        Region region = context.knowledge().region(pc);
        Form form;
        if (region instanceof Region.Values) {
            form = onValues(pc, atomic, region);
        } else {
            generic(atomic);
            form = Form.LONG;
        }
        if (!atomic.fetch() || rep == null) {
            values.drop(form);
        } else {
            values.pop(atomic.op() == AtomicOp.CMPXCHG ? 0 : atomic.src(), rep, form);
        }
    }

    private Form onValues(int pc, Insn.Atomic atomic, Region region) {
        boolean wide = atomic.size() == Size.DW;
        places.pushMemory(region);
        places.pushIndex(pc, atomic.dst(), atomic.off(), region);
        if (atomic.op() == AtomicOp.CMPXCHG) {
            push(wide, 0);
        }
        push(wide, atomic.src());
        String type = wide ? "J" : "I";
        writer.callStatic(
                Names.SUPPORT + "Atomics",
                name(atomic.op()),
                "(Ljava/lang/foreign/MemorySegment;J"
                        + (atomic.op() == AtomicOp.CMPXCHG ? type + type : type)
                        + ")"
                        + type);
        return wide ? Form.LONG : Form.WORD;
    }

    private void push(boolean wide, int register) {
        if (wide) {
            values.pushLong(register);
        } else {
            values.pushInt(register);
        }
    }

    private static String name(AtomicOp op) {
        return switch (op) {
            case ADD -> "add";
            case OR -> "or";
            case AND -> "and";
            case XOR -> "xor";
            case XCHG -> "exchange";
            case CMPXCHG -> "compareAndExchange";
        };
    }

    private void generic(Insn.Atomic atomic) {
        context.pushExecution();
        memory.pushAddress(atomic.dst(), atomic.off());
        values.pushLong(atomic.src());
        if (atomic.op() == AtomicOp.CMPXCHG) {
            values.pushLong(0);
        } else {
            writer.constant(0L);
        }
        writer.getStatic("bpf4j/isa/AtomicOp", atomic.op().name(), "Lbpf4j/isa/AtomicOp;");
        writer.constant(atomic.size().bytes());
        writer.loadInt(context.locals().framePointer());
        writer.callStatic(
                Names.CHECKED, "atomic", "(Lbpf4j/runtime/Execution;JJJLbpf4j/isa/AtomicOp;II)J");
    }
}
