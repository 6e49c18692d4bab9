package bpf4j.verifier.check;

import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Which kinds of register fit which kinds of argument.
final class ArgumentKinds {
    /// A kind with flags.
    private record Fit(Kind kind, int flags, String label) {
        Fit(Kind kind) {
            this(kind, 0, kind.label);
        }
    }

    private static final Fit RINGBUF = new Fit(Kind.MEM, Reg.RINGBUF, "ringbuf_mem");
    private static final Fit TRUSTED = new Fit(Kind.KERNEL, 0, "trusted_ptr_");
    private static final List<Fit> MEMORY =
            List.of(
                    new Fit(Kind.STACK),
                    new Fit(Kind.PACKET),
                    new Fit(Kind.PACKET_META),
                    new Fit(Kind.MAP_KEY),
                    new Fit(Kind.MAP_VALUE),
                    new Fit(Kind.MEM),
                    RINGBUF,
                    new Fit(Kind.BUF),
                    TRUSTED);
    private static final List<Fit> NUMBER = List.of(new Fit(Kind.SCALAR));
    private static final List<Fit> SOCKETS =
            List.of(
                    new Fit(Kind.SOCK_COMMON),
                    new Fit(Kind.SOCKET),
                    new Fit(Kind.TCP_SOCK),
                    new Fit(Kind.XDP_SOCK));
    private static final List<Fit> KERNEL =
            List.of(new Fit(Kind.KERNEL), TRUSTED, new Fit(Kind.KERNEL, 0, "rcu_ptr_"));
    private static final Map<ArgKind, List<Fit>> FITS = new EnumMap<>(ArgKind.class);

    static {
        for (ArgKind kind : ArgKind.values()) {
            FITS.put(kind, fits(kind));
        }
    }

    private ArgumentKinds() {}

    private static List<Fit> fits(ArgKind kind) {
        return switch (kind) {
            case MAP_KEY, MAP_VALUE, MEM, FIXED_MEM -> MEMORY;
            case CONST_SIZE, CONST_SIZE_OR_ZERO, CONST_ALLOC_SIZE_OR_ZERO, ANYTHING -> NUMBER;
            case CONST_MAP_PTR -> List.of(new Fit(Kind.CONST_MAP));
            case CTX -> List.of(new Fit(Kind.CTX));
            case SOCK_COMMON -> SOCKETS;
            case BTF_ID_SOCK_COMMON ->
                    List.of(
                            new Fit(Kind.SOCK_COMMON),
                            new Fit(Kind.SOCKET),
                            new Fit(Kind.TCP_SOCK),
                            new Fit(Kind.XDP_SOCK),
                            new Fit(Kind.KERNEL),
                            TRUSTED);
            case SOCKET -> List.of(new Fit(Kind.SOCKET));
            case BTF_ID -> KERNEL;
            case PERCPU_BTF_ID -> List.of(new Fit(Kind.KERNEL, 0, "percpu_ptr_"));
            case SPIN_LOCK -> List.of(new Fit(Kind.MAP_VALUE), new Fit(Kind.KERNEL, 0, "ptr_"));
            case RINGBUF_MEM -> List.of(RINGBUF);
            case FUNC -> List.of(new Fit(Kind.FUNC));
            case STACK -> List.of(new Fit(Kind.STACK));
            case CONST_STR, TIMER -> List.of(new Fit(Kind.MAP_VALUE));
            case KPTR -> List.of(new Fit(Kind.MAP_VALUE), new Fit(Kind.KERNEL, 0, "ptr_"));
            case ITER -> List.of(new Fit(Kind.STACK));
            case CONST, IGNORED -> NUMBER;
            case SLICE -> MEMORY;
            case DYNPTR -> List.of(new Fit(Kind.STACK), new Fit(Kind.DYNPTR));
        };
    }

    /// Refuses a register that does not fit.
    static void check(Arg arg, ArgKind kind, Reg reg, int regno) {
        int flags = reg.flags & ~(Reg.PACKET_SLICE | Reg.ADDED_TO_NUMBER);
        if (arg.flags().contains(ArgFlag.RDONLY)) {
            flags &= ~Reg.READ_ONLY;
        }
        if (arg.flags().contains(ArgFlag.NULLABLE)) {
            flags &= ~Reg.OR_NULL;
        }
        List<Fit> fits = FITS.getOrDefault(kind, List.of());
        for (Fit fit : fits) {
            if (fit.kind == reg.kind && fit.flags == flags) {
                return;
            }
        }
        StringBuilder text = new StringBuilder();
        text.append('R').append(regno).append(" type=").append(reg.typeName());
        text.append(" expected=");
        for (int i = 0; i < fits.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(fits.get(i).label);
        }
        throw Violation.access(
                reg.isNullable() ? Rule.NULL_DEREFERENCE : Rule.HELPER_ARGUMENT,
                regno,
                text.toString());
    }
}
