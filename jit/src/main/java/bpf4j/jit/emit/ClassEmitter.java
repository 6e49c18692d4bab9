package bpf4j.jit.emit;

import bpf4j.jit.ir.Analysis;
import bpf4j.jit.support.Definer;
import bpf4j.jit.support.GeneratedPart;
import bpf4j.jit.support.GeneratedProgram;
import bpf4j.jit.support.Links;
import bpf4j.jit.support.Split;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Writes and defines the classes of a program: one with a method for each subprogram, and where a
/// subprogram is too large for a method, more with its parts.
public final class ClassEmitter {
    /// Chunks that a class has at most.
    private static final int CHUNKS = 16;

    /// Subprograms with more instructions are split without measuring them first.
    private static final int LARGE = 1500;

    private final ProgramLayout layout;
    private final List<Analysis> analyses;
    private final Map<Integer, Split> splits = new HashMap<>();
    private final String name;

    private final Trace trace;

    private ClassEmitter(ProgramLayout layout, List<Analysis> analyses, Trace trace) {
        this.trace = trace;
        this.layout = layout;
        this.analyses = analyses;
        this.name = Names.SUPPORT + ProgramLayout.clean(layout.spec().name());
    }

    /// Compiles a program.
    ///
    /// @param other gives the program for packets in the other kind of memory, or null when this
    ///     one takes all
    public static GeneratedProgram compile(Plan plan, @Nullable Supplier<GeneratedProgram> other) {
        Map<Integer, Integer> indexes = new HashMap<>();
        for (Analysis analysis : plan.analyses()) {
            indexes.put(analysis.body().pc(), analysis.body().index());
        }
        Links links = new Links(indexes, plan.bindings().helpers(), other);
        ProgramLayout layout =
                new ProgramLayout(
                        plan.spec(),
                        plan.bindings(),
                        links,
                        indexes,
                        plan.reads(),
                        plan.tails(),
                        plan.fuel(),
                        plan.nativePackets(),
                        plan.graph().shallow());
        return new ClassEmitter(layout, plan.analyses(), plan.trace()).compile();
    }

    private GeneratedProgram compile() {
        for (Analysis analysis : analyses) {
            if (isHuge(analysis)) {
                splits.put(analysis.body().index(), split(analysis));
            }
        }
        ClassData classData = new ClassData();
        ClassWriter writer = begin(name, Names.PROGRAM);
        constructor(writer, Names.PROGRAM, "(Lbpf4j/jit/support/Links;)V");
        CallEmitter.Targets targets = new CallEmitter.Targets(name, splits);
        Lines lines = new Lines(layout.spec());
        for (Analysis analysis : analyses) {
            if (!splits.containsKey(analysis.body().index())) {
                lines.restart();
                MethodVisitor method =
                        traced(
                                writer.visitMethod(
                                        Opcodes.ACC_STATIC,
                                        layout.methodName(analysis.body().index()),
                                        ProgramLayout.DESCRIPTOR,
                                        null,
                                        null));
                new MethodEmitter(new Writer(method), analysis, layout, classData, targets, lines)
                        .emit(method);
            }
        }
        invoke(writer, classData);
        runAll(writer, classData);
        GeneratedProgram program =
                Definer.program(finish(writer), classData.objects(), layout.links());
        layout.links().bind(program);
        return program;
    }

    private MethodVisitor traced(MethodVisitor method) {
        return trace == Trace.NONE ? method : new Tracing(method, trace);
    }

    private boolean isHuge(Analysis analysis) {
        int size = analysis.body().size();
        if (size > LARGE) {
            return true;
        }
        if (size < Writer.HUGE / 60) {
            return false;
        }
        MethodVisitor nothing = new MethodVisitor(Opcodes.ASM9) {};
        int length =
                new MethodEmitter(
                                new Writer(nothing),
                                analysis,
                                layout,
                                new ClassData(),
                                new CallEmitter.Targets(name, Map.of()),
                                new Lines(layout.spec()))
                        .emit(nothing);
        return length >= Writer.HUGE;
    }

    /// Writes the parts of a subprogram, each a class of some chunks.
    private Split split(Analysis analysis) {
        SplitEmitter emitter = new SplitEmitter(analysis, layout, new Lines(layout.spec()));
        List<GeneratedPart> parts = new ArrayList<>();
        List<Integer> firstBlocks = new ArrayList<>();
        while (!emitter.done()) {
            firstBlocks.add(emitter.next());
            parts.add(part(emitter, analysis.body().index() + "_" + parts.size()));
        }
        return new Split(
                analysis.body().entry(),
                parts.toArray(new GeneratedPart[0]),
                firstBlocks.stream().mapToInt(Integer::intValue).toArray());
    }

    private GeneratedPart part(SplitEmitter emitter, String suffix) {
        ClassData classData = new ClassData();
        String partName = name + "_" + suffix;
        ClassWriter writer = begin(partName, Names.PART);
        constructor(writer, Names.PART, "()V");
        List<Integer> ends = new ArrayList<>();
        int first = emitter.next();
        while (!emitter.done() && ends.size() < CHUNKS) {
            MethodVisitor chunk =
                    writer.visitMethod(
                            Opcodes.ACC_STATIC,
                            "chunk" + ends.size(),
                            SplitEmitter.DESCRIPTOR,
                            null,
                            null);
            emitter.emit(traced(chunk), classData);
            ends.add(emitter.next());
        }
        run(writer, partName, first, ends);
        return Definer.part(finish(writer), classData.objects());
    }

    /// The method that runs chunks until the next block is in another part.
    private static void run(ClassWriter classWriter, String owner, int first, List<Integer> ends) {
        MethodVisitor method =
                classWriter.visitMethod(
                        Opcodes.ACC_PUBLIC, "run", SplitEmitter.DESCRIPTOR, null, null);
        method.visitCode();
        Writer writer = new Writer(method);
        Label again = new Label();
        Label leave = new Label();
        writer.label(again);
        writer.loadInt(2);
        writer.constant(first);
        writer.jump(Opcodes.IF_ICMPLT, leave);
        for (int chunk = 0; chunk < ends.size(); chunk++) {
            Label other = new Label();
            writer.loadInt(2);
            writer.constant(ends.get(chunk));
            writer.jump(Opcodes.IF_ICMPGE, other);
            writer.loadReference(1);
            writer.loadInt(2);
            writer.callStatic(owner, "chunk" + chunk, SplitEmitter.DESCRIPTOR);
            writer.storeInt(2);
            writer.jump(Opcodes.GOTO, again);
            writer.label(other);
        }
        writer.label(leave);
        writer.loadInt(2);
        writer.op(Opcodes.IRETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /// The method that calls a subprogram by its number.
    private void invoke(ClassWriter classWriter, ClassData classData) {
        MethodVisitor method =
                classWriter.visitMethod(
                        Opcodes.ACC_PUBLIC,
                        "invoke",
                        "(ILbpf4j/runtime/Execution;IJJJJJ)J",
                        null,
                        null);
        method.visitCode();
        Writer writer = new Writer(method);
        Label[] labels = new Label[analyses.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = new Label();
        }
        writer.loadInt(1);
        writer.choose(0, labels[0], labels);
        for (int i = 0; i < labels.length; i++) {
            writer.label(labels[i]);
            Split split = splits.get(i);
            if (split != null) {
                classData.push(writer, split, Names.SUPPORT + "Split");
            }
            writer.loadReference(2);
            writer.loadInt(3);
            for (int register = 0; register < 5; register++) {
                writer.loadLong(4 + 2 * register);
            }
            if (split != null) {
                writer.callVirtual(Names.SUPPORT + "Split", "call", ProgramLayout.DESCRIPTOR);
            } else {
                writer.callStatic(name, layout.methodName(i), ProgramLayout.DESCRIPTOR);
            }
            writer.op(Opcodes.LRETURN);
        }
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /// The method that runs the program on many packets: the loop is in the generated class, so
    /// that HotSpot can compile it together with the program.
    private void runAll(ClassWriter classWriter, ClassData classData) {
        MethodVisitor method =
                classWriter.visitMethod(
                        Opcodes.ACC_PUBLIC,
                        "loop",
                        "(Lbpf4j/runtime/Execution;Lbpf4j/runtime/PacketSource;)V",
                        null,
                        null);
        method.visitCode();
        Writer writer = new Writer(method);
        Label again = new Label();
        Label end = new Label();
        String source = "bpf4j/runtime/PacketSource";
        writer.label(again);
        writer.loadReference(2);
        writer.loadReference(1);
        writer.callInterface(source, "next", "(Lbpf4j/runtime/Execution;)Z");
        writer.jump(Opcodes.IFEQ, end);
        writer.loadReference(2);
        writer.loadReference(1);
        writer.loadReference(1);
        writer.loadReference(0);
        writer.putField(Names.EXECUTION, "callbacks", "Lbpf4j/runtime/Execution$Callbacks;");
        Split split = splits.get(0);
        if (split != null) {
            classData.push(writer, split, Names.SUPPORT + "Split");
        }
        writer.loadReference(1);
        entryField(writer, "frame", "I");
        entryField(writer, "entry1", "J");
        entryField(writer, "entry2", "J");
        writer.constant(0L);
        writer.constant(0L);
        writer.constant(0L);
        if (split != null) {
            writer.callVirtual(Names.SUPPORT + "Split", "call", ProgramLayout.DESCRIPTOR);
        } else {
            writer.callStatic(name, layout.methodName(0), ProgramLayout.DESCRIPTOR);
        }
        writer.loadReference(1);
        writer.callStatic(Names.CALLS, "finish", "(JLbpf4j/runtime/Execution;)J");
        writer.callInterface(source, "done", "(Lbpf4j/runtime/Execution;J)V");
        writer.jump(Opcodes.GOTO, again);
        writer.label(end);
        writer.op(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    private static void entryField(Writer writer, String field, String descriptor) {
        writer.loadReference(1);
        writer.getField(Names.EXECUTION, field, descriptor);
    }

    private ClassWriter begin(String className, String superName) {
        ClassWriter writer =
                new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
                    @Override
                    protected String getCommonSuperClass(String one, String other) {
                        return "java/lang/Object";
                    }
                };
        writer.visit(
                Opcodes.V25,
                Opcodes.ACC_FINAL | Opcodes.ACC_SUPER,
                className,
                null,
                superName,
                null);
        writer.visitSource(Lines.file(layout.spec()), null);
        return writer;
    }

    private byte[] finish(ClassWriter writer) {
        writer.visitEnd();
        byte[] bytes = writer.toByteArray();
        trace.classFile(bytes);
        return bytes;
    }

    private static void constructor(ClassWriter classWriter, String superName, String descriptor) {
        MethodVisitor method = classWriter.visitMethod(0, "<init>", descriptor, null, null);
        method.visitCode();
        Writer writer = new Writer(method);
        writer.loadReference(0);
        if (descriptor.length() > 3) {
            writer.loadReference(1);
        }
        writer.callSpecial(superName, "<init>", descriptor);
        writer.op(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }
}
