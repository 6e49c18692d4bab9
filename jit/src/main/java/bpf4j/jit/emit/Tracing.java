package bpf4j.jit.emit;

import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.util.IdentityHashMap;
import java.util.function.IntFunction;

/// Passes bytecode on and shows it to a [Trace].
final class Tracing extends MethodVisitor {
    /// The names of the JVM's instructions by opcode (JVM specification, chapter 7).
    private static final String[] NAMES =
            """
            nop aconst_null iconst_m1 iconst_0 iconst_1 iconst_2 iconst_3 iconst_4 iconst_5 lconst_0
            lconst_1 fconst_0 fconst_1 fconst_2 dconst_0 dconst_1 bipush sipush ldc ldc_w ldc2_w
            iload lload fload dload aload iload_0 iload_1 iload_2 iload_3 lload_0 lload_1 lload_2
            lload_3 fload_0 fload_1 fload_2 fload_3 dload_0 dload_1 dload_2 dload_3 aload_0 aload_1
            aload_2 aload_3 iaload laload faload daload aaload baload caload saload istore lstore
            fstore dstore astore istore_0 istore_1 istore_2 istore_3 lstore_0 lstore_1 lstore_2
            lstore_3 fstore_0 fstore_1 fstore_2 fstore_3 dstore_0 dstore_1 dstore_2 dstore_3
            astore_0 astore_1 astore_2 astore_3 iastore lastore fastore dastore aastore bastore
            castore sastore pop pop2 dup dup_x1 dup_x2 dup2 dup2_x1 dup2_x2 swap iadd ladd fadd
            dadd isub lsub fsub dsub imul lmul fmul dmul idiv ldiv fdiv ddiv irem lrem frem drem
            ineg lneg fneg dneg ishl lshl ishr lshr iushr lushr iand land ior lor ixor lxor iinc
            i2l i2f i2d l2i l2f l2d f2i f2l f2d d2i d2l d2f i2b i2c i2s lcmp fcmpl fcmpg dcmpl dcmpg
            ifeq ifne iflt ifge ifgt ifle if_icmpeq if_icmpne if_icmplt if_icmpge if_icmpgt
            if_icmple if_acmpeq if_acmpne goto jsr ret tableswitch lookupswitch ireturn lreturn
            freturn dreturn areturn return getstatic putstatic getfield putfield invokevirtual
            invokespecial invokestatic invokeinterface invokedynamic new newarray anewarray
            arraylength athrow checkcast instanceof monitorenter monitorexit wide multianewarray
            ifnull ifnonnull
            """
                    .strip()
                    .split("\\s+");

    private final Trace trace;
    private final IdentityHashMap<Label, Integer> labels = new IdentityHashMap<>();
    private IntFunction<String> names = Integer::toString;

    Tracing(MethodVisitor next, Trace trace) {
        super(Opcodes.ASM9, next);
        this.trace = trace;
    }

    /// Says what local variables hold.
    void names(IntFunction<String> meaning) {
        names = meaning;
    }

    /// Says what BPF instruction comes next.
    void at(int pc) {
        trace.at(pc);
    }

    private void wrote(int opcode, Object operand) {
        trace.wrote(NAMES[opcode] + " " + operand);
    }

    private String name(Label label) {
        return "L" + labels.computeIfAbsent(label, fresh -> labels.size());
    }

    private static String simple(String owner) {
        return owner.substring(owner.lastIndexOf('/') + 1);
    }

    @Override
    public void visitInsn(int opcode) {
        trace.wrote(NAMES[opcode]);
        super.visitInsn(opcode);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        wrote(opcode, operand);
        super.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitLdcInsn(Object value) {
        wrote(
                Opcodes.LDC,
                value instanceof ConstantDynamic constant
                        ? "constant " + simple(constant.getDescriptor()).replace(";", "")
                        : value instanceof String text ? "\"" + text + "\"" : value);
        super.visitLdcInsn(value);
    }

    @Override
    public void visitVarInsn(int opcode, int local) {
        wrote(opcode, names.apply(local));
        super.visitVarInsn(opcode, local);
    }

    @Override
    public void visitIincInsn(int local, int value) {
        wrote(Opcodes.IINC, names.apply(local) + " " + value);
        super.visitIincInsn(local, value);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        wrote(opcode, name(label));
        super.visitJumpInsn(opcode, label);
    }

    @Override
    public void visitLabel(Label label) {
        if (labels.containsKey(label)) {
            trace.wrote(name(label) + ":");
        }
        super.visitLabel(label);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
        wrote(opcode, simple(owner) + "." + field);
        super.visitFieldInsn(opcode, owner, field, descriptor);
    }

    @Override
    public void visitMethodInsn(
            int opcode, String owner, String method, String descriptor, boolean isInterface) {
        wrote(opcode, simple(owner) + "." + method);
        super.visitMethodInsn(opcode, owner, method, descriptor, isInterface);
    }
}
