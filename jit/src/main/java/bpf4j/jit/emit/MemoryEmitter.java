package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/// Loads and stores. Where the region is known, its array or segment is accessed directly, bounds
/// checked by the JVM; elsewhere through [bpf4j.jit.support.Checked].
final class MemoryEmitter {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;
    private final Places places;

    MemoryEmitter(MethodContext context, Places places) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
        this.places = places;
    }

    /// `dst = *(size *)(src + off)`.
    void load(int pc, Insn.Load load, Rep rep) {
        context.mark(pc);
        Region region = context.knowledge().region(pc);
        if (region == null) {
            context.pushExecution();
            pushAddress(load.src(), load.off());
            writer.loadInt(context.locals().framePointer());
            pushLayout();
            writer.callStatic(
                    Names.CHECKED,
                    "load" + load.size().bytes(),
                    "(Lbpf4j/runtime/Execution;JILbpf4j/spec/ContextLayout;)J");
            finishLong(load, rep);
        } else if (region == Region.Single.CONTEXT && places.contextField(pc, load, rep)) {
            return;
        } else {
            Form form = places.load(pc, load.src(), load.off(), region, load.size(), load.signed());
            values.pop(load.dst(), rep, form);
        }
    }

    private void finishLong(Insn.Load load, Rep rep) {
        if (load.signed()) {
            writer.op(Opcodes.L2I);
            signExtend(load.size());
            values.pop(load.dst(), rep, Form.SIGNED);
        } else {
            values.pop(load.dst(), rep, Form.LONG);
        }
    }

    private void signExtend(Size size) {
        switch (size) {
            case B -> writer.op(Opcodes.I2B);
            case H -> writer.op(Opcodes.I2S);
            case W, DW -> {}
        }
    }

    /// `*(size *)(dst + off) = src`.
    void store(int pc, Insn.Store store) {
        context.mark(pc);
        Region region = context.knowledge().region(pc);
        if (region == null) {
            context.pushExecution();
            pushAddress(store.dst(), store.off());
            values.pushLong(store.src());
            writer.loadInt(context.locals().framePointer());
            writer.callStatic(
                    Names.CHECKED,
                    "store" + store.size().bytes(),
                    "(Lbpf4j/runtime/Execution;JJI)V");
        } else {
            places.store(pc, store.dst(), store.off(), region, store.size(), store.src());
        }
    }

    /// `dst = load_acquire(src + off)`.
    void loadAcquire(int pc, Insn.LoadAcquire load, Rep rep) {
        context.mark(pc);
        context.pushExecution();
        pushAddress(load.src(), load.off());
        writer.constant(load.size().bytes());
        writer.loadInt(context.locals().framePointer());
        writer.callStatic(Names.CHECKED, "loadAcquire", "(Lbpf4j/runtime/Execution;JII)J");
        values.pop(load.dst(), rep, Form.LONG);
    }

    /// `store_release(dst + off, src)`.
    void storeRelease(int pc, Insn.StoreRelease store) {
        context.mark(pc);
        context.pushExecution();
        pushAddress(store.dst(), store.off());
        values.pushLong(store.src());
        writer.constant(store.size().bytes());
        writer.loadInt(context.locals().framePointer());
        writer.callStatic(Names.CHECKED, "storeRelease", "(Lbpf4j/runtime/Execution;JJII)V");
    }

    /// A legacy packet load; ends the subprogram with 0 where the packet has no such bytes.
    void legacy(int pc, Size size, int imm, Operand index, Rep rep) {
        context.mark(pc);
        context.pushExecution();
        values.pushInt(index);
        values.plus(imm);
        writer.op(Opcodes.I2L);
        writer.constant(size.bytes());
        writer.callStatic(Names.ACCESS, "legacyLoad", "(Lbpf4j/runtime/Execution;JI)J");
        int scratch = context.locals().scratch();
        Label inside = new Label();
        writer.storeLong(scratch);
        writer.loadLong(scratch);
        writer.constant(0L);
        writer.op(Opcodes.LCMP);
        writer.jump(Opcodes.IFGE, inside);
        writer.constant(0L);
        context.exit().emit();
        writer.label(inside);
        writer.loadLong(scratch);
        values.pop(0, rep, Form.LONG);
    }

    /// Pushes the address `register + off`.
    void pushAddress(int register, int off) {
        values.pushLong(register);
        if (off != 0) {
            writer.constant((long) off);
            writer.op(Opcodes.LADD);
        }
    }

    private void pushLayout() {
        context.classData().push(writer, context.layout().spec().type().context(), Names.LAYOUT);
    }
}
