package bpf4j.verifier.mutation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// Puts every conditional jump of a class under the control of [Mutant].
final class Instrumenter {
    private static final ClassDesc MUTANT = ClassDesc.of(Mutant.class.getName());
    private static final MethodTypeDesc DECIDE =
            MethodTypeDesc.of(
                    ConstantDescs.CD_boolean, ConstantDescs.CD_boolean, ConstantDescs.CD_int);
    private static final MethodTypeDesc IS_BOUNDARY =
            MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_int);

    /// A conditional jump.
    ///
    /// @param ordered whether it compares by order
    record Site(String type, String method, int line, boolean ordered) {
        @Override
        public String toString() {
            return type + "." + method + ":" + line;
        }
    }

    final List<Site> sites = new ArrayList<>();
    final List<Rules.Rule> rules = new ArrayList<>();

    private final ClassFile files =
            ClassFile.of(
                    ClassFile.ClassHierarchyResolverOption.of(
                            ClassHierarchyResolver.ofResourceParsing(
                                            Instrumenter.class.getClassLoader())
                                    .orElse(ClassHierarchyResolver.defaultResolver())));

    /// The class with every jump instrumented; what is found in it is added to `sites` and `rules`.
    byte[] instrument(byte[] bytes) {
        ClassModel model = files.parse(bytes);
        String name = model.thisClass().asInternalName();
        String type = name.substring(name.lastIndexOf('/') + 1);
        String place = name.substring("bpf4j/verifier/".length()).replace('/', '.');
        return files.transformClass(
                model,
                ClassTransform.transformingMethods(
                        (builder, element) -> {
                            if (!(element instanceof CodeModel code)) {
                                builder.with(element);
                                return;
                            }
                            MethodModel method = code.parent().orElseThrow();
                            int first = sites.size();
                            rules.addAll(
                                    Rules.of(type, method.methodName().stringValue(), code, first));
                            builder.withCode(
                                    out -> {
                                        int line = 0;
                                        for (CodeElement e : code) {
                                            if (e instanceof LineNumber at) {
                                                line = at.line();
                                            }
                                            if (e instanceof BranchInstruction branch
                                                    && isConditional(branch)) {
                                                jump(out, branch, sites.size());
                                                sites.add(
                                                        new Site(
                                                                place,
                                                                method.methodName().stringValue(),
                                                                line,
                                                                other(branch.opcode())
                                                                        != branch.opcode()));
                                            } else {
                                                out.with(e);
                                            }
                                        }
                                    });
                        }));
    }

    static boolean isConditional(BranchInstruction branch) {
        return branch.opcode() != Opcode.GOTO && branch.opcode() != Opcode.GOTO_W;
    }

    private static void jump(CodeBuilder out, BranchInstruction branch, int site) {
        Label taken = out.newLabel();
        Label decide = out.newLabel();
        Opcode other = other(branch.opcode());
        if (other != branch.opcode()) {
            Label plain = out.newLabel();
            out.loadConstant(site).invokestatic(MUTANT, "isBoundary", IS_BOUNDARY).ifeq(plain);
            out.branch(other, taken).iconst_0().goto_(decide);
            out.labelBinding(plain);
        }
        out.branch(branch.opcode(), taken).iconst_0().goto_(decide);
        out.labelBinding(taken).iconst_1();
        out.labelBinding(decide);
        out.loadConstant(site).invokestatic(MUTANT, "decide", DECIDE).ifne(branch.target());
    }

    /// The same comparison with or without equality.
    private static Opcode other(Opcode opcode) {
        return switch (opcode) {
            case IFLT -> Opcode.IFLE;
            case IFLE -> Opcode.IFLT;
            case IFGT -> Opcode.IFGE;
            case IFGE -> Opcode.IFGT;
            case IF_ICMPLT -> Opcode.IF_ICMPLE;
            case IF_ICMPLE -> Opcode.IF_ICMPLT;
            case IF_ICMPGT -> Opcode.IF_ICMPGE;
            case IF_ICMPGE -> Opcode.IF_ICMPGT;
            default -> opcode;
        };
    }
}
