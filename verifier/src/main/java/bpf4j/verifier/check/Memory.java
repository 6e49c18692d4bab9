package bpf4j.verifier.check;

import bpf4j.spec.ContextLayout;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramType.PacketAccess;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tnum;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

/// Loads and stores: each must lie in one region that the program may use so.
final class Memory {
    private static final int FLOW_KEYS_SIZE = 56;
    private static final int READ_ONLY_BY_PROGRAM = 1 << 7;
    private static final int WRITE_ONLY_BY_PROGRAM = 1 << 8;

    private final Env env;
    private final StackMemory stack;
    private final MapFields fields;
    private final @Nullable Kind[] kindAt;

    Memory(Env env, StackMemory stack, MapFields fields) {
        this.env = env;
        this.stack = stack;
        this.fields = fields;
        kindAt = new @Nullable Kind[env.cfg.insns.length];
    }

    /// Loads into `target`, or nowhere when that is negative.
    ///
    /// @param strict whether the access must be aligned whatever the program asked for
    void load(int regno, int displacement, int bytes, int target, boolean signed, boolean strict) {
        Reg reg = env.reg(regno);
        checkAlignment(reg, displacement, bytes, strict);
        int off = displacement + reg.off;
        @Nullable Reg result = null;
        switch (reg.kind) {
            case MAP_KEY -> {
                checkRegion(regno, off, bytes, reg.theMap().keySize(), false);
                result = Reg.UNKNOWN;
            }
            case MAP_VALUE -> {
                checkNotNull(regno, reg);
                checkMapRights(reg, regno, off, bytes, false);
                checkMapAccess(regno, off, bytes, false);
                result = mapValue(reg, off, bytes, signed);
            }
            case MEM -> {
                checkNotNull(regno, reg);
                checkRegion(regno, off, bytes, reg.size, false);
                result = Reg.UNKNOWN;
            }
            case CTX -> {
                checkPointerOffset(reg, regno, false);
                result = context(regno, off, bytes, signed);
            }
            case STACK -> {
                stack.checkBounds(regno, off, bytes, false);
                stack.read(regno, off, bytes, target);
                if (target >= 0) {
                    result = env.reg(target);
                }
            }
            case PACKET, PACKET_META -> {
                checkPacket(regno, off, bytes, false);
                result = Reg.UNKNOWN;
            }
            case FLOW_KEYS -> {
                checkFlowKeys(off, bytes);
                result = Reg.UNKNOWN;
            }
            case SOCKET, SOCK_COMMON, TCP_SOCK, XDP_SOCK -> {
                checkNotNull(regno, reg);
                checkSocket(regno, off, bytes);
                result = Reg.UNKNOWN;
            }
            case TP_BUFFER -> {
                checkBuffer("tracepoint", regno, off, bytes);
                result = Reg.UNKNOWN;
            }
            case BUF -> {
                checkNotNull(regno, reg);
                checkBuffer(reg.is(Reg.READ_ONLY) ? "rdonly" : "rdwr", regno, off, bytes);
                result = Reg.UNKNOWN;
            }
            case ARENA -> result = Reg.UNKNOWN;
            case CONST_MAP -> throw MapStructs.refuse(env, regno, reg, off, false);
            case KERNEL -> throw kernelType(regno);
            default -> throw notAPointer(regno, reg);
        }
        if (target >= 0 && result != null) {
            if (bytes < 8 && result.isScalar()) {
                Scalar value = signed ? result.var.signExtend(bytes) : result.var.truncate(bytes);
                result = result.withVar(value);
            }
            env.set(target, result);
        }
    }

    /// Stores the register `source`, or when that is negative the number `immediate`, or something
    /// unknown.
    void store(
            int regno,
            int displacement,
            int bytes,
            int source,
            @Nullable Long immediate,
            boolean strict) {
        Reg reg = env.reg(regno);
        checkAlignment(reg, displacement, bytes, strict);
        int off = displacement + reg.off;
        switch (reg.kind) {
            case MAP_KEY ->
                    throw Violation.access(
                            Rule.READ_ONLY_MEMORY,
                            regno,
                            "write to change key R" + regno + " not allowed");
            case MAP_VALUE -> {
                checkNotNull(regno, reg);
                checkLeak(source, "map");
                checkMapRights(reg, regno, off, bytes, true);
                checkMapAccess(regno, off, bytes, false);
            }
            case MEM -> {
                checkNotNull(regno, reg);
                checkWritable(regno, reg);
                checkLeak(source, "mem");
                checkRegion(regno, off, bytes, reg.size, false);
            }
            case CTX -> {
                checkLeak(source, "ctx");
                checkPointerOffset(reg, regno, false);
                if (!env.spec.type().context().permits(off, bytes, true, env.policy)) {
                    throw noContext(regno, off, bytes);
                }
            }
            case STACK -> {
                stack.checkBounds(regno, off, bytes, true);
                stack.write(regno, off, bytes, source, immediate);
            }
            case PACKET, PACKET_META -> {
                if (env.spec.type().packet() != PacketAccess.READ_WRITE) {
                    throw Violation.access(
                            Rule.READ_ONLY_MEMORY, regno, "cannot write into packet");
                }
                checkLeak(source, "packet");
                checkPacket(regno, off, bytes, false);
            }
            case FLOW_KEYS -> {
                checkLeak(source, "flow keys");
                checkFlowKeys(off, bytes);
            }
            case SOCKET, SOCK_COMMON, TCP_SOCK, XDP_SOCK -> {
                checkNotNull(regno, reg);
                throw cannotWrite(regno, reg);
            }
            case TP_BUFFER -> checkBuffer("tracepoint", regno, off, bytes);
            case BUF -> {
                checkNotNull(regno, reg);
                checkWritable(regno, reg);
                checkBuffer("rdwr", regno, off, bytes);
            }
            case ARENA -> {}
            case CONST_MAP -> throw MapStructs.refuse(env, regno, reg, off, true);
            case KERNEL -> throw kernelType(regno);
            default -> throw notAPointer(regno, reg);
        }
    }

    /// One instruction must not access different kinds of objects on different paths, where these
    /// are accessed differently.
    void remember(Kind kind) {
        Kind before = kindAt[env.pc];
        if (before == null) {
            kindAt[env.pc] = kind;
        } else if (kind != before && (isDistinct(kind) || isDistinct(before))) {
            throw Violation.invalid(
                    Rule.MIXED_POINTERS, -1, "same insn cannot be used with different pointers");
        }
    }

    private static boolean isDistinct(Kind kind) {
        return kind == Kind.CTX || kind.isSocket() || kind == Kind.KERNEL || kind == Kind.ARENA;
    }

    private void checkNotNull(int regno, Reg reg) {
        if (reg.isNullable()) {
            throw notAPointer(regno, reg);
        }
    }

    private static Violation notAPointer(int regno, Reg reg) {
        return Violation.access(
                reg.isNullable() ? Rule.NULL_DEREFERENCE : Rule.NOT_A_POINTER,
                regno,
                "R" + regno + " invalid mem access '" + reg.typeName() + "'");
    }

    private static Violation kernelType(int regno) {
        return Violation.access(
                Rule.KERNEL_TYPES,
                regno,
                "R" + regno + " points to a kernel object, which has no type here");
    }

    private void checkWritable(int regno, Reg reg) {
        if (reg.is(Reg.READ_ONLY)) {
            throw cannotWrite(regno, reg);
        }
    }

    private static Violation cannotWrite(int regno, Reg reg) {
        return Violation.access(
                Rule.READ_ONLY_MEMORY, regno, "R" + regno + " cannot write into " + reg.typeName());
    }

    private void checkLeak(int source, String where) {
        if (source >= 0 && env.isSecret(env.reg(source))) {
            throw Violation.access(
                    Rule.POINTER_LEAK, source, "R" + source + " leaks addr into " + where);
        }
    }

    private static boolean inside(long off, int bytes, long size, boolean zeroAllowed) {
        return off >= 0 && (bytes > 0 || (bytes == 0 && zeroAllowed)) && off + bytes <= size;
    }

    private static String outside(Reg reg, int regno, long off, int bytes, long size) {
        return switch (reg.kind) {
            case MAP_KEY ->
                    "invalid access to map key, key_size="
                            + size
                            + " off="
                            + (int) off
                            + " size="
                            + bytes;
            case MAP_VALUE ->
                    "invalid access to map value, value_size="
                            + size
                            + " off="
                            + (int) off
                            + " size="
                            + bytes;
            case PACKET, PACKET_META, PACKET_END ->
                    "invalid access to packet, off="
                            + (int) off
                            + " size="
                            + bytes
                            + ", R"
                            + regno
                            + "(id="
                            + reg.id
                            + ",off="
                            + (int) off
                            + ",r="
                            + size
                            + ")";
            default ->
                    "invalid access to memory, mem_size="
                            + size
                            + " off="
                            + (int) off
                            + " size="
                            + bytes;
        };
    }

    /// An access at any of the offsets that are possible must lie inside `size` bytes.
    void checkRegion(int regno, int off, int bytes, long size, boolean zeroAllowed) {
        Reg reg = env.reg(regno);
        Scalar var = reg.var;
        if (var.smin() < 0
                && (var.smin() == Long.MIN_VALUE
                        || off + var.smin() != (int) (off + var.smin())
                        || off + var.smin() < 0)) {
            throw negative(regno);
        }
        if (!inside(var.smin() + off, bytes, size, zeroAllowed)) {
            throw Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    regno,
                    outside(reg, regno, var.smin() + off, bytes, size)
                            + "\nR"
                            + regno
                            + " min value is outside of the allowed memory range");
        }
        if (Long.compareUnsigned(var.umax(), Env.MAX_VAR_OFF) >= 0) {
            throw Violation.access(
                    Rule.UNBOUNDED,
                    regno,
                    "R"
                            + regno
                            + " unbounded memory access, make sure to bounds check any such"
                            + " access");
        }
        if (!inside(var.umax() + off, bytes, size, zeroAllowed)) {
            throw Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    regno,
                    outside(reg, regno, var.umax() + off, bytes, size)
                            + "\nR"
                            + regno
                            + " max value is outside of the allowed memory range");
        }
    }

    private static Violation negative(int regno) {
        return Violation.access(
                Rule.UNBOUNDED,
                regno,
                "R"
                        + regno
                        + " min value is negative, either use unsigned index or do a if (index"
                        + " >=0) check.");
    }

    /// What the program may do with a map at all.
    void checkMapRights(Reg reg, int regno, int off, int bytes, boolean write) {
        MapSpec map = reg.theMap();
        if (write ? isReadOnly(map) : (map.flags() & WRITE_ONLY_BY_PROGRAM) != 0) {
            throw Violation.access(
                    Rule.READ_ONLY_MEMORY,
                    regno,
                    (write ? "write into" : "read from")
                            + " map forbidden, value_size="
                            + map.valueSize()
                            + " off="
                            + off
                            + " size="
                            + bytes);
        }
    }

    void checkMapAccess(int regno, int off, int bytes, boolean zeroAllowed) {
        Reg reg = env.reg(regno);
        checkRegion(regno, off, bytes, reg.theMap().valueSize(), zeroAllowed);
        for (MapFields.Field field : fields.of(reg.theMap())) {
            if (reg.var.smin() + off < field.offset() + field.size()
                    && field.offset() < reg.var.umax() + off + bytes) {
                throw Violation.access(
                        field.type().equals("kptr") ? Rule.KERNEL_TYPES : Rule.SPECIAL_FIELD,
                        regno,
                        field.type() + " cannot be accessed directly by load/store");
            }
        }
    }

    private Reg mapValue(Reg reg, int off, int bytes, boolean signed) {
        MapSpec map = reg.theMap();
        if (!reg.var.isConst() || !map.isConstant()) {
            return Reg.UNKNOWN;
        }
        long value = map.constant((int) (off + reg.var.value()), bytes);
        if (signed) {
            int shift = 64 - 8 * bytes;
            value = value << shift >> shift;
        }
        return Reg.constant(value);
    }

    /// Whether programs cannot change the map; what those of devices hold, only user space may.
    static boolean isReadOnly(MapSpec map) {
        return (map.flags() & READ_ONLY_BY_PROGRAM) != 0
                || map.type() == MapType.DEVMAP
                || map.type() == MapType.DEVMAP_HASH;
    }

    /// Access to the packet, as far as comparisons with its end have shown it to be there.
    void checkPacket(int regno, int off, int bytes, boolean zeroAllowed) {
        Reg reg = env.reg(regno);
        if (reg.var.smin() < 0) {
            throw negative(regno);
        }
        String last = "R" + regno + " offset is outside of the packet";
        if (reg.size < 0) {
            throw Violation.invalid(Rule.PACKET_BOUNDS, regno, last);
        }
        if (!inside(off, bytes, reg.size, zeroAllowed)) {
            throw Violation.access(
                    Rule.PACKET_BOUNDS,
                    regno,
                    outside(reg, regno, off, bytes, reg.size) + "\n" + last);
        }
    }

    /// A pointer that must be used as it came.
    void checkPointerOffset(Reg reg, int regno, boolean fixedAllowed) {
        if (reg.off < 0) {
            throw Violation.access(
                    Rule.POINTER_ARITHMETIC,
                    regno,
                    "negative offset "
                            + reg.typeName()
                            + " ptr R"
                            + regno
                            + " off="
                            + reg.off
                            + " disallowed");
        }
        if (!fixedAllowed && reg.off != 0) {
            throw Violation.access(
                    Rule.POINTER_ARITHMETIC,
                    regno,
                    "dereference of modified "
                            + reg.typeName()
                            + " ptr R"
                            + regno
                            + " off="
                            + reg.off
                            + " disallowed");
        }
        boolean unset = reg.kind == Kind.NOT_INIT;
        if (unset || !reg.var.isConst(0)) {
            throw Violation.access(
                    unset ? Rule.UNREADABLE_REGISTER : Rule.POINTER_ARITHMETIC,
                    regno,
                    "variable "
                            + reg.typeName()
                            + " access var_off="
                            + Bits.text(unset ? Tnum.UNKNOWN : reg.var.tnum())
                            + " disallowed");
        }
    }

    private Reg context(int regno, int off, int bytes, boolean signed) {
        ContextLayout layout = env.spec.type().context();
        ContextLayout.Field field =
                layout.permits(off, bytes, false, env.policy)
                        ? layout.field(off, bytes, false, env.policy)
                        : null;
        if (field == null) {
            throw noContext(regno, off, bytes);
        }
        Reg pointer =
                switch (field.kind()) {
                    case SCALAR -> Reg.UNKNOWN;
                    case PACKET -> Reg.pointer(Kind.PACKET);
                    case PACKET_META -> Reg.pointer(Kind.PACKET_META);
                    case PACKET_END -> Reg.pointer(Kind.PACKET_END);
                    case SOCKET -> Reg.pointer(Kind.SOCKET);
                    case SOCK_COMMON_OR_NULL -> nullable(Kind.SOCK_COMMON);
                    case SOCKET_OR_NULL -> nullable(Kind.SOCKET);
                    case FLOW_KEYS -> Reg.pointer(Kind.FLOW_KEYS);
                    case TP_BUFFER -> Reg.pointer(Kind.TP_BUFFER);
                };
        if (signed && pointer.isPointer()) {
            throw noContext(regno, off, bytes);
        }
        return pointer;
    }

    private Reg nullable(Kind kind) {
        return Reg.pointer(kind).withFlags(Reg.OR_NULL).withId(env.newId());
    }

    /// Checks that each byte of a part of the context may be read or written.
    void checkPlainContext(int regno, int off, int bytes, boolean write, boolean zeroAllowed) {
        boolean permitted = bytes > 0 || zeroAllowed;
        ContextLayout layout = env.spec.type().context();
        if (bytes > 0 && !layout.permits(off + bytes - 1, 1, write, env.policy)) {
            throw noContext(regno, off + bytes - 1, 1);
        }
        for (int at = off; permitted && at < off + bytes; at++) {
            permitted = layout.permits(at, 1, write, env.policy);
        }
        if (!permitted) {
            throw noContext(regno, off, bytes);
        }
    }

    private static Violation noContext(int regno, int off, int bytes) {
        return Violation.access(
                Rule.CONTEXT_ACCESS,
                regno,
                "invalid bpf_context access off=" + off + " size=" + bytes);
    }

    private static void checkFlowKeys(int off, int bytes) {
        if (off < 0 || off + bytes > FLOW_KEYS_SIZE) {
            throw Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    -1,
                    "invalid access to flow keys off=" + off + " size=" + bytes);
        }
    }

    private void checkSocket(int regno, int off, int bytes) {
        Reg reg = env.reg(regno);
        if (reg.var.smin() < 0) {
            throw negative(regno);
        }
        if (!Sockets.permits(reg.kind, off, bytes)) {
            throw Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    regno,
                    "R"
                            + regno
                            + " invalid "
                            + reg.typeName()
                            + " access off="
                            + off
                            + " size="
                            + bytes);
        }
    }

    void checkBuffer(String name, int regno, int off, int bytes) {
        Reg reg = env.reg(regno);
        if (off < 0) {
            throw Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    regno,
                    "R"
                            + regno
                            + " invalid "
                            + name
                            + " buffer access: off="
                            + off
                            + ", size="
                            + bytes);
        }
        if (!reg.var.isConst(0)) {
            throw Violation.access(
                    Rule.UNBOUNDED,
                    regno,
                    "R"
                            + regno
                            + " invalid variable buffer offset: off="
                            + off
                            + ", var_off="
                            + Bits.text(reg.var.tnum()));
        }
    }

    void checkAlignment(Reg reg, int displacement, int bytes, boolean strictOnce) {
        boolean strict = env.strictAlignment || strictOnce;
        int base = reg.off;
        String name =
                switch (reg.kind) {
                    case PACKET, PACKET_META -> "packet ";
                    case FLOW_KEYS -> "flow keys ";
                    case MAP_KEY -> "key ";
                    case MAP_VALUE -> reg.isNullable() ? "" : "value ";
                    case CTX -> "context ";
                    case STACK -> "stack ";
                    case SOCKET -> reg.isNullable() ? "" : "sock ";
                    case SOCK_COMMON -> reg.isNullable() ? "" : "sock_common ";
                    case TCP_SOCK -> reg.isNullable() ? "" : "tcp_sock ";
                    case XDP_SOCK -> "xdp_sock ";
                    default -> "";
                };
        if (reg.kind == Kind.STACK) {
            strict = true;
        }
        if (!strict || bytes == 1 || reg.kind == Kind.ARENA) {
            return;
        }
        int ipAlign = reg.kind.isPacket() ? 2 : 0;
        Tnum at = reg.var.tnum().add(Tnum.constant((long) ipAlign + base + displacement));
        if (((at.value() | at.mask()) & (bytes - 1)) != 0) {
            String offset =
                    (ipAlign != 0 ? ipAlign + "+" : "")
                            + Bits.text(reg.var.tnum())
                            + "+"
                            + base
                            + "+"
                            + displacement;
            throw Violation.access(
                    Rule.MISALIGNED,
                    -1,
                    "misaligned " + name + "access off " + offset + " size " + bytes);
        }
    }
}
