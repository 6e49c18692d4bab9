package bpf4j.verifier.check;

import bpf4j.spec.ProgramType;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

/// Memory that is passed to a helper or to a global function.
final class HelperMemory {
    private static final long MAX_VAR_SIZE = 1 << 29;

    private final Env env;
    private final Memory memory;
    private final StackMemory stack;
    private final MapFields fields;

    HelperMemory(Env env, Memory memory, StackMemory stack, MapFields fields) {
        this.env = env;
        this.memory = memory;
        this.stack = stack;
        this.fields = fields;
    }

    Reg notNull(Reg reg) {
        return fields.notNull(reg, false);
    }

    /// Checks that the callee may read or write `bytes` bytes where a register points to.
    ///
    /// A pointer that may be null is checked as if it were not: callees that take it look first.
    ///
    /// @param meta of a call whose argument need not be initialised, else null
    void check(int regno, int bytes, boolean write, boolean zeroAllowed, @Nullable CallMeta meta) {
        Reg reg = env.reg(regno);
        switch (reg.kind) {
            case PACKET, PACKET_META -> memory.checkPacket(regno, reg.off, bytes, zeroAllowed);
            case MAP_KEY -> {
                if (write) {
                    throw cannotWrite(regno, reg);
                }
                memory.checkRegion(regno, reg.off, bytes, reg.theMap().keySize(), false);
            }
            case MAP_VALUE -> {
                memory.checkMapRights(reg, regno, reg.off, bytes, write);
                memory.checkMapAccess(regno, reg.off, bytes, zeroAllowed);
            }
            case MEM -> {
                if (write && reg.is(Reg.READ_ONLY)) {
                    throw cannotWrite(regno, reg);
                }
                memory.checkRegion(regno, reg.off, bytes, reg.size, zeroAllowed);
            }
            case BUF -> {
                if (write && reg.is(Reg.READ_ONLY)) {
                    throw cannotWrite(regno, reg);
                }
                memory.checkBuffer(
                        reg.is(Reg.READ_ONLY) ? "rdonly" : "rdwr", regno, reg.off, bytes);
            }
            case STACK -> stack.checkInitialised(regno, reg.off, bytes, zeroAllowed, write, meta);
            case CTX -> {
                if (!env.spec.type().is(ProgramType.Trait.PLAIN_CONTEXT)) {
                    throw wrongType(regno, reg);
                }
                memory.checkPlainContext(regno, reg.off, bytes, write, zeroAllowed);
            }
            default -> {
                if (!(zeroAllowed && bytes == 0 && reg.isNull())) {
                    throw wrongType(regno, reg);
                }
            }
        }
    }

    private static Violation wrongType(int regno, Reg reg) {
        return Violation.access(
                reg.isNullable() ? Rule.NULL_DEREFERENCE : Rule.HELPER_ARGUMENT,
                regno,
                "R" + regno + " type=" + reg.typeName() + " expected=fp");
    }

    private static Violation cannotWrite(int regno, Reg reg) {
        return Violation.access(
                Rule.READ_ONLY_MEMORY, regno, "R" + regno + " cannot write into " + reg.typeName());
    }

    /// Checks the size in a register and the memory in the register before it.
    void checkSized(int regno, boolean write, boolean zeroAllowed, CallMeta meta) {
        Reg size = env.reg(regno);
        meta.sizeMax = size.var.umax();
        CallMeta raw = size.var.isConst() ? meta : null;
        if (size.var.smin() < 0) {
            throw Violation.access(
                    Rule.UNBOUNDED,
                    regno,
                    "R" + regno + " min value is negative, either use unsigned or 'var &= const'");
        }
        if (size.var.umin() == 0 && !zeroAllowed) {
            throw Violation.access(
                    Rule.HELPER_ARGUMENT,
                    regno,
                    "R"
                            + regno
                            + " invalid zero-sized read: u64=["
                            + size.var.umin()
                            + ","
                            + size.var.umax()
                            + "]");
        }
        if (Long.compareUnsigned(size.var.umax(), MAX_VAR_SIZE) >= 0) {
            throw Violation.access(
                    Rule.UNBOUNDED,
                    regno,
                    "R"
                            + regno
                            + " unbounded memory access, use 'var &= const' or 'if (var <"
                            + " const)'");
        }
        try {
            check(regno - 1, (int) size.var.umax(), write, zeroAllowed, raw);
        } catch (Violation violation) {
            throw size.var.isConst() ? violation : blame(regno, violation);
        }
        env.precise.register(regno);
    }

    /// The size is to blame when memory is large enough for some of its values only.
    private static Violation blame(int regno, Violation violation) {
        return switch (violation.rule()) {
            case STACK_BOUNDS, OUT_OF_BOUNDS, PACKET_BOUNDS ->
                    new Violation(
                            violation.rule() == Rule.STACK_BOUNDS
                                    ? Rule.OUT_OF_BOUNDS
                                    : violation.rule(),
                            violation.errno(),
                            -1,
                            regno,
                            violation.kernelText());
            default -> violation;
        };
    }

    /// Which offsets a pointer may have when it is passed.
    ///
    /// @param release whether the callee releases what it points to
    /// @param dynptr whether the callee takes a dynptr
    void checkArgumentOffset(Reg reg, int regno, boolean release, boolean dynptr) {
        if (release) {
            if (dynptr && reg.kind == Kind.STACK) {
                return;
            }
            if (reg.off != 0) {
                throw Violation.invalid(
                        Rule.HELPER_ARGUMENT,
                        regno,
                        "R"
                                + regno
                                + " must have zero offset when passed to release func or trusted"
                                + " arg to kfunc");
            }
            memory.checkPointerOffset(reg, regno, false);
            return;
        }
        if (!reg.isNullable()) {
            switch (reg.kind) {
                case STACK, PACKET, PACKET_META, MAP_KEY, MAP_VALUE, MEM, BUF, ARENA, SCALAR -> {
                    return;
                }
                case KERNEL -> {
                    memory.checkPointerOffset(reg, regno, true);
                    return;
                }
                default -> {}
            }
        }
        memory.checkPointerOffset(reg, regno, false);
    }
}
