package bpf4j.jit.emit;

import bpf4j.jit.ir.Knowledge;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

import java.util.function.IntFunction;

/// What the emitters of one method share.
///
/// @param classData the constants of the class
/// @param layout how subprograms are called
/// @param label the label of a block of this subprogram
/// @param exit emits the return of the value in r0
record MethodContext(
        Writer writer,
        Locals locals,
        Values values,
        Knowledge knowledge,
        ClassData classData,
        ProgramLayout layout,
        IntFunction<Label> label,
        Exit exit) {

    /// How a method returns.
    @FunctionalInterface
    interface Exit {
        /// Returns the `long` on the operand stack as r0.
        void emit();
    }

    void pushExecution() {
        writer.loadReference(locals.execution());
    }

    /// Remembers which instruction could fault next.
    void mark(int pc) {
        writer.constant(pc);
        writer.storeInt(locals.pc());
    }

    /// Throws a fault.
    void fault(int pc, String message) {
        mark(pc);
        writer.constant(message);
        writer.callStatic(
                Names.ACCESS, "fault", "(Ljava/lang/String;)Lbpf4j/runtime/ProgramFault;");
        writer.op(Opcodes.ATHROW);
    }
}
