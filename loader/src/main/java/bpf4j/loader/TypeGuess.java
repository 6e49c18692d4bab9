package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramTypes;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Guesses the type of a program whose section's name says nothing: from the struct that its
/// context
/// points to, else from the helpers that it and its like call.
final class TypeGuess {
    private static final Map<String, String> CONTEXTS =
            Map.ofEntries(
                    Map.entry("xdp_md", "xdp"),
                    Map.entry("__sk_buff", "sched_cls"),
                    Map.entry("pt_regs", "kprobe"),
                    Map.entry("bpf_user_pt_regs_t", "kprobe"),
                    Map.entry("bpf_perf_event_data", "perf_event"),
                    Map.entry("bpf_raw_tracepoint_args", "raw_tracepoint"),
                    Map.entry("bpf_sock", "cgroup_sock"),
                    Map.entry("bpf_sock_addr", "cgroup_sock_addr"),
                    Map.entry("bpf_sock_ops", "sock_ops"),
                    Map.entry("bpf_sk_lookup", "sk_lookup"),
                    Map.entry("bpf_sockopt", "cgroup_sockopt"),
                    Map.entry("bpf_sysctl", "cgroup_sysctl"),
                    Map.entry("bpf_cgroup_dev_ctx", "cgroup_device"),
                    Map.entry("sk_msg_md", "sk_msg"),
                    Map.entry("sk_reuseport_md", "sk_reuseport"));

    private static final List<String> BY_HELPERS =
            List.of(
                    "sched_cls",
                    "xdp",
                    "socket_filter",
                    "sock_ops",
                    "sk_skb",
                    "kprobe",
                    "tracepoint",
                    "raw_tracepoint",
                    "perf_event");

    private static final int LOAD_WORD = 0x61;
    private static final int MOVE = 0xBF;

    private final ObjectFile object;

    TypeGuess(ObjectFile object) {
        this.object = object;
    }

    /// The kind of a program by the type of its first parameter, or null.
    @Nullable ProgramKind byContext(FunctionSymbol function) {
        Btf btf = object.btf();
        if (btf == null) {
            return null;
        }
        for (BtfExt.FuncInfo info : object.index(function.section()).functions(function)) {
            if (info.byteOffset() == function.start()
                    && btf.type(info.type()) instanceof BtfType.Func func
                    && btf.type(func.proto()) instanceof BtfType.FuncProto proto
                    && !proto.params().isEmpty()
                    && btf.type(btf.resolve(proto.params().getFirst().type()))
                            instanceof BtfType.Ptr context) {
                String struct = btf.name(btf.resolve(context.type()));
                String type = CONTEXTS.get(struct);
                return type == null ? null : ProgramKind.ofType(type);
            }
        }
        return null;
    }

    /// The kind that may call all helpers that some functions call, and whose context has the
    /// fields
    /// that they load. Programs of one object mostly are of one type, as they call each other's
    /// tail.
    ProgramKind byHelpers(List<FunctionSymbol> functions) throws LoadException {
        Uses uses = new Uses();
        for (FunctionSymbol function : functions) {
            uses.collect(function);
        }
        String best = BY_HELPERS.getFirst();
        long most = -1;
        for (String name : BY_HELPERS) {
            ProgramKind kind = ProgramKind.ofType(name);
            Set<Integer> permitted =
                    ProgramTypes.of(kind.type(), kind.attachType()).helpers().keySet();
            long known = 2 * uses.helpers.stream().filter(permitted::contains).count();
            if (name.equals("xdp") && uses.isLikeXdp()) {
                known++;
            }
            if (known > most) {
                most = known;
                best = name;
            }
        }
        return ProgramKind.ofType(best);
    }

    /// What functions call, and where in their contexts they load words.
    private final class Uses {
        private final Set<Integer> helpers = new TreeSet<>();
        private final Set<Integer> loads = new TreeSet<>();

        /// `struct xdp_md` has 24 bytes and begins with the packet's bounds; in `struct __sk_buff`
        /// nobody loads just these.
        boolean isLikeXdp() {
            return loads.contains(0) && loads.contains(4) && Collections.max(loads) < 24;
        }

        void collect(FunctionSymbol function) throws LoadException {
            ByteBuffer code = object.elf().data(object.elf().sections().get(function.section()));
            int contexts = 1 << 1;
            for (int i = 0; i < function.slots(); i++) {
                long slot = Linker.slot(code, function.start() + i * 8);
                int opcode = Slot.opcode(slot);
                boolean held = (contexts & 1 << Slot.source(slot)) != 0;
                int written = 1 << Slot.destination(slot);
                if (Slot.isWide(slot)) {
                    contexts &= ~written;
                    i++;
                } else if (opcode == Slot.CALL) {
                    // r1 to r5 are gone after a call.
                    contexts &= ~0x3E;
                    if (Slot.source(slot) == 0) {
                        helpers.add(Slot.imm(slot));
                    }
                } else if (opcode == LOAD_WORD) {
                    if (held) {
                        loads.add((int) Slot.offset(slot));
                    }
                    contexts &= ~written;
                } else if (opcode == MOVE) {
                    contexts = held ? contexts | written : contexts & ~written;
                } else if ((opcode & 7) == 1 || (opcode & 7) == 4 || (opcode & 7) == 7) {
                    contexts &= ~written;
                }
            }
        }
    }
}
