package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Rep;
import bpf4j.jit.support.Split;
import bpf4j.runtime.HelperFunction;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

import java.util.List;
import java.util.Map;

/// Calls of helpers and subprograms.
final class CallEmitter {
    private static final int TAIL_CALL = 12;

    private final MethodContext context;
    private final Writer writer;
    private final Values values;
    private final Targets targets;

    /// Where the subprograms of a program are.
    ///
    /// @param className the internal name of the class that has methods for the others, or null
    ///     where they are out of reach
    /// @param splits the subprograms that are too large for a method
    record Targets(@Nullable String className, Map<Integer, Split> splits) {}

    CallEmitter(MethodContext context, Targets targets) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
        this.targets = targets;
    }

    /// A call of a helper; it reads the registers of `reads`.
    void helper(int pc, Insn.CallHelper call, long reads, @Nullable Rep rep) {
        HelperFunction helper = context.layout().bindings().helpers().find(call.id());
        if (helper == null) {
            context.fault(pc, "helper " + call.id() + " does not exist here");
            return;
        }
        int callback = call.id() == LoopEmitter.LOOP ? callback(pc) : -1;
        if (callback >= 0) {
            context.mark(pc);
            new LoopEmitter(context).emit(() -> callDirectly(callback), this::pushFrameBelow, rep);
            return;
        }
        function(pc, helper, reads, rep);
        if (call.id() == TAIL_CALL) {
            leaveForTailCall();
        }
    }

    /// The number of the subprogram that a helper calls back, where it is a method within reach
    /// that makes no tail calls; else -1.
    private int callback(int pc) {
        ProgramLayout layout = context.layout();
        Integer index = layout.indexes().get(context.knowledge().callback(pc));
        return index == null
                        || layout.checked()
                        || targets.className() == null
                        || targets.splits().containsKey(index)
                        || layout.tails().get(index)
                ? -1
                : index;
    }

    private void callDirectly(int index) {
        String className = targets.className();
        if (className == null) {
            throw new AssertionError("subprogram " + index + " is out of reach");
        }
        writer.callStatic(className, context.layout().methodName(index), ProgramLayout.DESCRIPTOR);
    }

    /// A call of a kernel function.
    void kernelFunction(int pc, Insn.CallKfunc call, @Nullable Rep rep) {
        List<String> externs = context.layout().spec().externs();
        boolean named = call.id() >= 0 && call.id() < externs.size();
        HelperFunction function =
                named
                        ? context.layout().bindings().helpers().findKfunc(externs.get(call.id()))
                        : null;
        if (function == null) {
            String name = named ? externs.get(call.id()) : Integer.toString(call.id());
            context.fault(
                    pc,
                    "kernel function " + name + (named ? " does not exist here" : " has no name"));
            return;
        }
        function(pc, function, 0b111110, rep);
    }

    private void function(int pc, HelperFunction function, long reads, @Nullable Rep rep) {
        context.mark(pc);
        setFrame();
        context.classData().push(writer, function, Names.HELPER);
        context.pushExecution();
        pushArguments(reads);
        writer.callInterface(Names.HELPER, "call", "(Lbpf4j/runtime/Execution;JJJJJ)J");
        result(rep);
    }

    /// Returns if the helper made a tail call; the value returned then does not matter.
    private void leaveForTailCall() {
        Label stay = new Label();
        context.pushExecution();
        writer.getField(Names.EXECUTION, "next", "Lbpf4j/runtime/LoadedProgram;");
        writer.jump(Opcodes.IFNULL, stay);
        writer.constant(0L);
        context.exit().emit();
        writer.label(stay);
    }

    /// A call of a subprogram.
    void local(int pc, Insn.CallLocal call, @Nullable Rep rep) {
        context.mark(pc);
        ProgramLayout layout = context.layout();
        int index = layout.index(pc + 1 + call.offset());
        if (layout.checked()) {
            spend(1);
        }
        Split split = targets.splits().get(index);
        if (split != null) {
            context.classData().push(writer, split, Names.SUPPORT + "Split");
        } else if (targets.className() == null) {
            context.classData().push(writer, layout.links(), Names.LINKS);
            writer.constant(index);
        }
        context.pushExecution();
        pushFrameBelow();
        pushArguments(layout.reads()[index] & 0b111110);
        if (split != null) {
            writer.callVirtual(Names.SUPPORT + "Split", "call", ProgramLayout.DESCRIPTOR);
        } else if (targets.className() == null) {
            writer.callStatic(
                    Names.CALLS,
                    "local",
                    "(Lbpf4j/jit/support/Links;ILbpf4j/runtime/Execution;IJJJJJ)J");
        } else {
            callDirectly(index);
        }
        if (layout.tails().get(index)) {
            context.pushExecution();
            writer.callStatic(Names.CALLS, "finish", "(JLbpf4j/runtime/Execution;)J");
        }
        result(rep);
    }

    /// A call of what a register holds.
    void register(int pc, Insn.CallReg call, @Nullable Rep rep) {
        context.mark(pc);
        values.pushLong(call.reg());
        context.classData().push(writer, context.layout().links(), Names.LINKS);
        context.pushExecution();
        writer.loadInt(context.locals().framePointer());
        pushArguments(0b111110);
        writer.callStatic(
                Names.CALLS,
                "register",
                "(JLbpf4j/jit/support/Links;Lbpf4j/runtime/Execution;IJJJJJ)J");
        result(rep);
    }

    /// Takes instructions from the fuel.
    void spend(int count) {
        context.pushExecution();
        writer.constant(count);
        writer.callStatic(Names.ACCESS, "spend", "(Lbpf4j/runtime/Execution;I)V");
    }

    private void pushFrameBelow() {
        if (context.layout().shallow()) {
            values.pushFrameOffset(-512);
        } else {
            writer.loadInt(context.locals().framePointer());
            writer.callStatic(Names.CALLS, "below", "(I)I");
        }
    }

    private void setFrame() {
        context.pushExecution();
        writer.loadInt(context.locals().framePointer());
        writer.putField(Names.EXECUTION, "frame", "I");
    }

    private void pushArguments(long reads) {
        for (int register = 1; register <= 5; register++) {
            if ((reads & 1L << register) != 0) {
                values.pushLong(register);
            } else {
                writer.constant(0L);
            }
        }
    }

    private void result(@Nullable Rep rep) {
        if (rep == null) {
            values.drop(Form.LONG);
        } else {
            values.pop(0, rep, Form.LONG);
        }
    }
}
