package bpf4j.jit.emit;

import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.util.function.IntFunction;

/// The words in which the emitters write bytecode. Counts the bytes that it wrote, because HotSpot
/// never compiles a method of more than 8000.
final class Writer {
    /// The largest method that HotSpot compiles (`HugeMethodLimit`).
    static final int HUGE = 8000;

    private static final Handle CLASS_DATA_AT =
            new Handle(
                    Opcodes.H_INVOKESTATIC,
                    "java/lang/invoke/MethodHandles",
                    "classDataAt",
                    "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;I)"
                            + "Ljava/lang/Object;",
                    false);

    /// Bytes of bytecode that HotSpot counts for a call that it inlines, about.
    private static final int INLINED = 12;

    private final MethodVisitor method;
    private int size;
    private int calls;

    Writer(MethodVisitor method) {
        this.method = method;
    }

    /// A writer that only counts.
    static Writer counting() {
        return new Writer(new MethodVisitor(Opcodes.ASM9) {});
    }

    /// Says what local variables hold, for people.
    void names(IntFunction<String> names) {
        if (method instanceof Tracing tracing) {
            tracing.names(names);
        }
    }

    /// Says what BPF instruction comes next, or -1.
    void at(int pc) {
        if (method instanceof Tracing tracing) {
            tracing.at(pc);
        }
    }

    /// The number of bytes written so far, at most: ASM may choose shorter forms.
    int size() {
        return size;
    }

    /// [#size] and what HotSpot counts for the calls that it inlines: at [#HUGE] it inlines no more
    /// (`DesiredMethodLimit`).
    int sizeInlined() {
        return size + INLINED * calls;
    }

    void op(int opcode) {
        size++;
        method.visitInsn(opcode);
    }

    void constant(int value) {
        if (value >= -1 && value <= 5) {
            op(Opcodes.ICONST_0 + value);
        } else if (value == (byte) value) {
            size += 2;
            method.visitIntInsn(Opcodes.BIPUSH, value);
        } else if (value == (short) value) {
            size += 3;
            method.visitIntInsn(Opcodes.SIPUSH, value);
        } else {
            size += 3;
            method.visitLdcInsn(value);
        }
    }

    void constant(long value) {
        if (value == 0 || value == 1) {
            op(Opcodes.LCONST_0 + (int) value);
        } else if (value == (short) value) {
            constant((int) value);
            op(Opcodes.I2L);
        } else {
            size += 3;
            method.visitLdcInsn(value);
        }
    }

    void constant(String value) {
        size += 3;
        method.visitLdcInsn(value);
    }

    /// Pushes element `index` of the class data, of the class with this descriptor.
    void classData(int index, String descriptor) {
        size += 3;
        method.visitLdcInsn(new ConstantDynamic("_", descriptor, CLASS_DATA_AT, index));
    }

    void loadInt(int local) {
        local(Opcodes.ILOAD, local);
    }

    void loadLong(int local) {
        local(Opcodes.LLOAD, local);
    }

    void loadReference(int local) {
        local(Opcodes.ALOAD, local);
    }

    void storeInt(int local) {
        local(Opcodes.ISTORE, local);
    }

    void storeLong(int local) {
        local(Opcodes.LSTORE, local);
    }

    void storeReference(int local) {
        local(Opcodes.ASTORE, local);
    }

    private void local(int opcode, int local) {
        size += local < 4 ? 1 : local < 256 ? 2 : 4;
        method.visitVarInsn(opcode, local);
    }

    void addToInt(int local, int value) {
        size += local < 256 && value == (byte) value ? 3 : 6;
        method.visitIincInsn(local, value);
    }

    void label(Label label) {
        method.visitLabel(label);
    }

    void jump(int opcode, Label label) {
        size += 3;
        method.visitJumpInsn(opcode, label);
    }

    void callStatic(String owner, String name, String descriptor) {
        size += 3;
        calls++;
        method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
    }

    void callStaticOfInterface(String owner, String name, String descriptor) {
        size += 3;
        method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, true);
    }

    void callVirtual(String owner, String name, String descriptor) {
        size += 3;
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, name, descriptor, false);
    }

    void callSpecial(String owner, String name, String descriptor) {
        size += 3;
        method.visitMethodInsn(Opcodes.INVOKESPECIAL, owner, name, descriptor, false);
    }

    void callInterface(String owner, String name, String descriptor) {
        size += 5;
        method.visitMethodInsn(Opcodes.INVOKEINTERFACE, owner, name, descriptor, true);
    }

    void getStatic(String owner, String name, String descriptor) {
        size += 3;
        method.visitFieldInsn(Opcodes.GETSTATIC, owner, name, descriptor);
    }

    void getField(String owner, String name, String descriptor) {
        size += 3;
        method.visitFieldInsn(Opcodes.GETFIELD, owner, name, descriptor);
    }

    void putField(String owner, String name, String descriptor) {
        size += 3;
        method.visitFieldInsn(Opcodes.PUTFIELD, owner, name, descriptor);
    }

    void choose(int low, Label otherwise, Label... labels) {
        size += 16 + 4 * labels.length;
        method.visitTableSwitchInsn(low, low + labels.length - 1, otherwise, labels);
    }

    void choose(int[] keys, Label otherwise, Label[] labels) {
        size += 12 + 8 * labels.length;
        method.visitLookupSwitchInsn(otherwise, keys, labels);
    }

    void handler(Label start, Label end, Label handler) {
        method.visitTryCatchBlock(start, end, handler, "java/lang/RuntimeException");
    }

    void line(int line) {
        Label here = new Label();
        method.visitLabel(here);
        method.visitLineNumber(line, here);
    }
}
