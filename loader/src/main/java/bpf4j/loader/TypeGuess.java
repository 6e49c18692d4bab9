package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramTypes;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
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
        String section = object.elf().sections().get(function.section()).name();
        for (BtfExt.FuncInfo info : object.ext().functions().getOrDefault(section, List.of())) {
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

    /// The kind that may call all helpers that some functions call. Programs of one object mostly
    /// are of one type, as they call each other's tail.
    ProgramKind byHelpers(List<FunctionSymbol> functions) throws LoadException {
        Set<Integer> called = new TreeSet<>();
        for (FunctionSymbol function : functions) {
            collect(function, called);
        }
        String best = BY_HELPERS.getFirst();
        long most = -1;
        for (String name : BY_HELPERS) {
            ProgramKind kind = ProgramKind.ofType(name);
            Set<Integer> permitted =
                    ProgramTypes.of(kind.type(), kind.attachType()).helpers().keySet();
            long known = called.stream().filter(permitted::contains).count();
            if (known > most) {
                most = known;
                best = name;
            }
        }
        return ProgramKind.ofType(best);
    }

    private void collect(FunctionSymbol function, Set<Integer> called) throws LoadException {
        ByteBuffer code = object.elf().data(object.elf().sections().get(function.section()));
        for (int i = 0; i < function.slots(); i++) {
            long slot = Linker.slot(code, function.start() + i * 8);
            if (Slot.isWide(slot)) {
                i++;
            } else if (Slot.opcode(slot) == Slot.CALL && Slot.source(slot) == 0) {
                called.add(Slot.imm(slot));
            }
        }
    }
}
