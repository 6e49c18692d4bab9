package bpf4j.verifier.check;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Global functions are verified once, for all arguments that their types permit; a call only
/// checks its arguments.
final class GlobalFunctions {
    /// The name under which kprobes know their context.
    private static final String PT_REGS = "bpf_user_pt_regs_t";

    private static final int MAX_DEPTH = 64;

    private final Env env;
    private final HelperMemory memory;
    private final Dynptrs dynptrs;
    private final @Nullable List<Arg>[] known;

    /// What an argument of a global function may be.
    private enum ArgKind {
        NUMBER,
        CONTEXT,
        MEMORY,
        DYNPTR,
        ARENA
    }

    private record Arg(ArgKind kind, int size, boolean nullable) {}

    @SuppressWarnings({"unchecked", "rawtypes"})
    GlobalFunctions(Env env, HelperMemory memory, Dynptrs dynptrs) {
        this.env = env;
        this.memory = memory;
        this.dynptrs = dynptrs;
        known = new List[env.cfg.subprograms.length];
    }

    private Btf btf() {
        Btf btf = env.spec.btf();
        if (btf == null) {
            throw new AssertionError("a global function without BTF");
        }
        return btf;
    }

    private static Violation refuse(String text) {
        return Violation.invalid(Rule.GLOBAL_FUNCTION, -1, text);
    }

    private List<Arg> args(Subprogram sub) {
        List<Arg> args = known[sub.number];
        if (args == null) {
            args = read(sub);
            known[sub.number] = args;
        }
        return args;
    }

    private int skip(int id, boolean tags) {
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            switch (btf().type(id)) {
                case BtfType.Const type -> id = type.type();
                case BtfType.Volatile type -> id = type.type();
                case BtfType.Restrict type -> id = type.type();
                case BtfType.Typedef type -> id = type.type();
                case BtfType.TypeTag type when tags -> id = type.type();
                default -> {
                    return id;
                }
            }
        }
        return 0;
    }

    private boolean isNumber(int id) {
        BtfType type = btf().type(skip(id, true));
        return (type instanceof BtfType.Int integer && integer.size() <= 8)
                || type instanceof BtfType.Enum;
    }

    private List<Arg> read(Subprogram sub) {
        if (!(btf().type(sub.type) instanceof BtfType.Func func)
                || !(btf().type(func.proto()) instanceof BtfType.FuncProto proto)) {
            throw refuse("Invalid BTF of function " + sub.name + "()");
        }
        if (proto.params().size() > 5) {
            throw refuse(
                    "Global function "
                            + sub.name
                            + "() with "
                            + proto.params().size()
                            + " > 5 args. Buggy compiler.");
        }
        if (!isNumber(proto.returns())) {
            throw refuse(
                    "Global function "
                            + sub.name
                            + "() doesn't return scalar. Only those are supported.");
        }
        List<Arg> args = new ArrayList<>();
        for (int i = 0; i < proto.params().size(); i++) {
            args.add(arg(sub, i, proto.params().get(i).type()));
        }
        return args;
    }

    private Arg arg(Subprogram sub, int index, int type) {
        boolean nonnull = false;
        boolean nullable = false;
        boolean context = false;
        boolean arena = false;
        boolean trusted = false;
        for (int id = 1; id < btf().size(); id++) {
            if (btf().type(id) instanceof BtfType.DeclTag tag
                    && tag.type() == sub.type
                    && tag.component() == index
                    && tag.tag().startsWith("arg:")) {
                switch (tag.tag().substring(4)) {
                    case "nonnull" -> nonnull = true;
                    case "nullable" -> nullable = true;
                    case "ctx" -> context = true;
                    case "arena" -> arena = true;
                    case "trusted", "untrusted" -> trusted = true;
                    default -> {}
                }
            }
        }
        int id = skip(type, true);
        if (!(btf().type(id) instanceof BtfType.Ptr pointer)) {
            if (nonnull || nullable || context || arena || trusted) {
                throw refuse("arg#" + index + " has unsupported set of tags");
            }
            if (isNumber(type)) {
                return new Arg(ArgKind.NUMBER, 0, false);
            }
            throw refuse(
                    "Arg#"
                            + index
                            + " type "
                            + kindName(btf().type(id))
                            + " in "
                            + sub.name
                            + "() is not supported yet.");
        }
        if (trusted) {
            throw new Violation(
                    Rule.KERNEL_TYPES,
                    Violation.EINVAL,
                    -1,
                    -1,
                    "arg#" + index + " is a pointer to a kernel object, which has no type here");
        }
        if (context || isContext(pointer.type())) {
            return new Arg(ArgKind.CONTEXT, 0, false);
        }
        if (arena) {
            return new Arg(ArgKind.ARENA, 0, false);
        }
        int pointee = skip(pointer.type(), true);
        if (btf().type(pointee) instanceof BtfType.Struct struct
                && struct.name().equals("bpf_dynptr")) {
            return new Arg(ArgKind.DYNPTR, 0, false);
        }
        int size = MapFields.sizeOf(btf(), pointee);
        boolean sized =
                !(btf().type(pointee) instanceof BtfType.Void)
                        && !(btf().type(pointee) instanceof BtfType.Fwd)
                        && !(btf().type(pointee) instanceof BtfType.FuncProto);
        if (!sized) {
            throw refuse(
                    "arg#"
                            + index
                            + " reference type('"
                            + typeText(pointee)
                            + "') size cannot be determined: -22");
        }
        return new Arg(ArgKind.MEMORY, size, !nonnull);
    }

    private String typeText(int id) {
        return switch (btf().type(id)) {
            case BtfType.Fwd fwd -> "FWD " + fwd.name();
            case BtfType.Void ignored -> "UNKNOWN ";
            default -> "UNKNOWN ";
        };
    }

    private static String kindName(BtfType type) {
        return switch (type) {
            case BtfType.Struct struct -> struct.union() ? "UNION" : "STRUCT";
            case BtfType.Array ignored -> "ARRAY";
            case BtfType.Float ignored -> "FLOAT";
            default -> "UNKNOWN";
        };
    }

    private boolean isKprobe() {
        return env.spec.type().name().equals("kprobe");
    }

    private boolean isContext(int id) {
        int bare = id;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            switch (btf().type(bare)) {
                case BtfType.Const type -> bare = type.type();
                case BtfType.Volatile type -> bare = type.type();
                case BtfType.Restrict type -> bare = type.type();
                case BtfType.TypeTag type -> bare = type.type();
                case BtfType.Typedef type -> {
                    if (type.name().equals(PT_REGS) && isKprobe()) {
                        return true;
                    }
                    bare = type.type();
                }
                case BtfType.Struct struct -> {
                    String name = struct.name();
                    return name.equals(env.spec.type().context().struct())
                            || name.equals(PT_REGS) && isKprobe();
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    /// The registers that a function verified by itself begins with.
    void begin(Subprogram sub, Reg[] regs) {
        List<Arg> args = args(sub);
        for (int i = 0; i < args.size(); i++) {
            Arg arg = args.get(i);
            regs[i + 1] =
                    switch (arg.kind) {
                        case NUMBER, ARENA -> Reg.UNKNOWN;
                        case CONTEXT -> Reg.pointer(Kind.CTX);
                        case MEMORY ->
                                Reg.pointer(Kind.MEM, arg.size)
                                        .withFlags(arg.nullable ? Reg.OR_NULL : 0)
                                        .withId(env.newId());
                        case DYNPTR ->
                                Reg.pointer(Kind.DYNPTR, Dynptrs.LOCAL)
                                        .withExtra(1)
                                        .withId(env.newId());
                    };
        }
    }

    /// Checks the arguments of a call.
    void checkCall(Subprogram callee) {
        try {
            List<Arg> args = args(callee);
            for (int i = 0; i < args.size(); i++) {
                check(args.get(i), i, i + 1);
            }
        } catch (Violation violation) {
            throw new Violation(
                    violation.rule(),
                    violation.errno(),
                    -1,
                    violation.register(),
                    violation.kernelText()
                            + "\nCaller passes invalid args into func#"
                            + callee.number
                            + " ('"
                            + callee.name
                            + "')");
        }
    }

    private void check(Arg arg, int index, int regno) {
        Reg reg = env.reg(regno);
        switch (arg.kind) {
            case NUMBER -> {
                if (!reg.isScalar()) {
                    throw refuse("R" + regno + " is not a scalar");
                }
            }
            case CONTEXT -> {
                memory.checkArgumentOffset(reg, regno, false, false);
                if (reg.kind != Kind.CTX) {
                    throw refuse("arg#" + index + " expects pointer to ctx");
                }
            }
            case MEMORY -> {
                memory.checkArgumentOffset(reg, regno, false, false);
                if (!reg.isNull()) {
                    Reg saved = reg;
                    if (reg.isNullable()) {
                        env.set(regno, memory.notNull(reg));
                    }
                    memory.check(regno, arg.size, false, true, null);
                    memory.check(regno, arg.size, true, true, null);
                    env.set(regno, saved);
                }
                if (!arg.nullable && reg.isNullable()) {
                    throw refuse("arg#" + index + " is expected to be non-NULL");
                }
            }
            case DYNPTR -> {
                memory.checkArgumentOffset(reg, regno, false, true);
                if (reg.kind != Kind.STACK && reg.kind != Kind.DYNPTR) {
                    throw refuse(
                            "arg#"
                                    + index
                                    + " expected pointer to stack or const struct bpf_dynptr");
                }
                if (!dynptrs.isInitialised(reg)) {
                    throw refuse("Expected an initialized dynptr as arg #" + index);
                }
                dynptrs.markRead(reg);
            }
            case ARENA -> {
                if (reg.kind != Kind.ARENA && !reg.isScalar()) {
                    throw refuse("R" + regno + " is not a pointer to arena or scalar.");
                }
            }
        }
    }
}
