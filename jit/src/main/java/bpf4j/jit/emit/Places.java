package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.isa.Size;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;
import bpf4j.spec.ContextLayout;
import bpf4j.spec.ContextLayout.Field;

import org.objectweb.asm.Opcodes;

/// Access to memory of a known region. Stack, context and packet are byte arrays, seen through
/// views; values of maps are constant segments, of which HotSpot drops all checks but the bounds.
final class Places {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;

    Places(MethodContext context) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
    }

    /// Pushes the array or segment of a region.
    void pushMemory(Region region) {
        switch (region) {
            case Region.Values(int map) ->
                    context.classData()
                            .push(
                                    writer,
                                    context.layout().bindings().maps().get(map).values(),
                                    Names.SEGMENT);
            case Region.Single.CONTEXT -> pushArray("context");
            case Region.Single.PACKET -> {
                if (context.layout().nativePackets()) {
                    context.pushExecution();
                    writer.getField(Names.EXECUTION, "nativePacket", Names.of(Names.SEGMENT));
                } else {
                    pushArray("packet");
                }
            }
            case Region.Single.STACK -> pushArray("stack");
        }
    }

    private void pushArray(String field) {
        context.pushExecution();
        writer.getField(Names.EXECUTION, field, "[B");
    }

    /// Pushes the index of the byte `off` from the pointer in a register: an `int` for arrays, a
    /// `long` for segments.
    void pushIndex(int pc, int register, int off, Region region) {
        int constant = context.knowledge().constantOffset(pc);
        if (region == Region.Single.STACK && constant != Integer.MIN_VALUE) {
            values.pushFrameOffset(constant);
        } else if (region == Region.Single.CONTEXT && constant != Integer.MIN_VALUE) {
            writer.constant(constant);
        } else {
            values.pushPlace(register, region);
            values.plus(off);
        }
        if (isSegment(region)) {
            writer.op(Opcodes.I2L);
        }
    }

    private boolean isSegment(Region region) {
        return region instanceof Region.Values
                || region == Region.Single.PACKET && context.layout().nativePackets();
    }

    /// Loads from the memory and index on the operand stack; 4 bytes and less come as an `int`.
    Form load(Region region, Size size, boolean signed) {
        boolean segment = isSegment(region);
        switch (size) {
            case B -> {
                if (segment) {
                    read(true, "Byte", "B");
                } else {
                    writer.op(Opcodes.BALOAD);
                }
                if (!signed) {
                    writer.constant(0xFF);
                    writer.op(Opcodes.IAND);
                }
            }
            case H -> {
                read(segment, "Short", "S");
                if (!signed) {
                    writer.op(Opcodes.I2C);
                }
            }
            case W -> read(segment, "Int", "I");
            case DW -> {
                read(segment, "Long", "J");
                return Form.LONG;
            }
        }
        return signed ? Form.SIGNED : Form.WORD;
    }

    private void read(boolean segment, String name, String type) {
        writer.callStatic(
                Names.SUPPORT + (segment ? "Segments" : "Arrays"),
                "get" + name,
                (segment ? "(Ljava/lang/foreign/MemorySegment;J)" : "([BI)") + type);
    }

    /// Stores the value on the operand stack (a `long` for 8 bytes, else an `int`) in the memory at
    /// the index below it.
    void store(Region region, Size size) {
        boolean segment = isSegment(region);
        String owner = Names.SUPPORT + (segment ? "Segments" : "Arrays");
        String place = segment ? "(Ljava/lang/foreign/MemorySegment;J" : "([BI";
        switch (size) {
            case B -> {
                if (segment) {
                    writer.callStatic(owner, "setByte", place + "I)V");
                } else {
                    writer.op(Opcodes.BASTORE);
                }
            }
            case H -> writer.callStatic(owner, "setShort", place + "I)V");
            case W -> writer.callStatic(owner, "setInt", place + "I)V");
            case DW -> writer.callStatic(owner, "setLong", place + "J)V");
        }
    }

    /// Loads a pointer field of the context, if the access is one.
    boolean contextField(int pc, Insn.Load load, Rep rep) {
        int offset = context.knowledge().constantOffset(pc);
        ContextLayout layout = context.layout().spec().type().context();
        Field field = offset == Integer.MIN_VALUE ? null : layout.at(offset);
        if (field == null || field.kind() == ContextLayout.Kind.SCALAR) {
            return false;
        }
        String name =
                switch (field.kind()) {
                    case PACKET -> "data";
                    case PACKET_META -> "dataMeta";
                    case PACKET_END -> "dataEnd";
                    default -> "";
                };
        if (!name.isEmpty()
                && rep instanceof Rep.Pointer pointer
                && pointer.region() == Region.Single.PACKET) {
            pushPacketField("packetBase");
            pushPacketField(name);
            writer.op(Opcodes.IADD);
            values.popPlace(load.dst(), pointer);
            return true;
        }
        context.pushExecution();
        writer.getStatic(
                "bpf4j/spec/ContextLayout$Kind",
                field.kind().name(),
                "Lbpf4j/spec/ContextLayout$Kind;");
        writer.callVirtual(Names.EXECUTION, "contextPointer", "(Lbpf4j/spec/ContextLayout$Kind;)J");
        values.pop(load.dst(), rep, Form.LONG);
        return true;
    }

    private void pushPacketField(String name) {
        context.pushExecution();
        writer.getField(Names.EXECUTION, name, "I");
    }
}
