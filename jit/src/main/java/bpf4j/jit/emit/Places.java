package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;
import bpf4j.runtime.Address;
import bpf4j.spec.ContextLayout;
import bpf4j.spec.ContextLayout.Field;

import org.objectweb.asm.Opcodes;

/// Access to memory of a known region. Stack, context and packet are byte arrays; values of maps
/// are constant segments, of which HotSpot drops all checks but the bounds.
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
                if (context.locals().packet() >= 0) {
                    writer.loadReference(context.locals().packet());
                } else if (context.layout().nativePackets()) {
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
            if (region == Region.Single.PACKET) {
                pushPacketBase();
                writer.op(Opcodes.IADD);
            }
            values.plus(off);
        }
        if (isSegment(region)) {
            writer.op(Opcodes.I2L);
        }
    }

    private void pushPacketBase() {
        int held = context.locals().packetBase();
        if (held >= 0) {
            writer.loadInt(held);
        } else {
            context.pushExecution();
            writer.getField(Names.EXECUTION, "packetBase", "I");
        }
    }

    private boolean isSegment(Region region) {
        return region instanceof Region.Values
                || region == Region.Single.PACKET && context.layout().nativePackets();
    }

    /// Loads from `register + off`; 4 bytes and less come as an `int`.
    Form load(int pc, int register, int off, Region region, Size size, boolean signed) {
        pushMemory(region);
        pushIndex(pc, register, off, region);
        access(region, size, "get", "", type(size));
        if (!signed && size == Size.B) {
            writer.constant(0xFF);
            writer.op(Opcodes.IAND);
        } else if (!signed && size == Size.H) {
            writer.op(Opcodes.I2C);
        }
        return size == Size.DW ? Form.LONG : signed ? Form.SIGNED : Form.WORD;
    }

    /// Stores an operand at `register + off`.
    void store(int pc, int register, int off, Region region, Size size, Operand value) {
        pushMemory(region);
        pushIndex(pc, register, off, region);
        if (size == Size.DW) {
            values.pushLong(value);
        } else {
            values.pushInt(value);
            if (size == Size.H) {
                writer.op(Opcodes.I2S);
            } else if (size == Size.B) {
                writer.op(Opcodes.I2B);
            }
        }
        access(region, size, "set", type(size), "V");
    }

    /// Loads 4 or 8 bytes of the stack, `offset` bytes from r10, as an `int` or a `long`.
    void loadFrame(int offset, Size size) {
        pushArray("stack");
        values.pushFrameOffset(offset);
        access(Region.Single.STACK, size, "get", "", type(size));
    }

    private static String type(Size size) {
        return switch (size) {
            case B -> "B";
            case H -> "S";
            case W -> "I";
            case DW -> "J";
        };
    }

    private void access(Region region, Size size, String name, String value, String result) {
        boolean segment = isSegment(region);
        if (segment || size != Size.B) {
            String place = segment ? "(Ljava/lang/foreign/MemorySegment;J" : "([BI";
            writer.callStatic(
                    Names.SUPPORT + "Accesses", name + word(size), place + value + ")" + result);
        } else {
            writer.op(name.equals("get") ? Opcodes.BALOAD : Opcodes.BASTORE);
        }
    }

    private static String word(Size size) {
        return switch (size) {
            case B -> "Byte";
            case H -> "Short";
            case W -> "Int";
            case DW -> "Long";
        };
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
            context.pushExecution();
            writer.getField(Names.EXECUTION, name, "I");
            // It always is in this range, which tells HotSpot that sums with it do not overflow.
            writer.constant(Address.PACKET_LIMIT - 1);
            writer.op(Opcodes.IAND);
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
}
