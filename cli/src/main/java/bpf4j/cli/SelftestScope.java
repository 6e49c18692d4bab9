package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.HelperSpec.Return;
import bpf4j.spec.Kfuncs;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/// Why a program is outside of what bpf4j offers, derived from the program itself: types of the
/// kernel, kfuncs other than those of iterators and dynptrs, kptrs, arenas.
final class SelftestScope {
    private static final Set<Return> KERNEL_RETURNS =
            EnumSet.of(
                    Return.BTF_ID,
                    Return.BTF_ID_OR_NULL,
                    Return.BTF_ID_TRUSTED,
                    Return.MEM_OR_BTF_ID,
                    Return.MEM_OR_BTF_ID_OR_NULL);
    private static final Set<ArgKind> KERNEL_ARGS =
            EnumSet.of(ArgKind.BTF_ID, ArgKind.PERCPU_BTF_ID, ArgKind.KPTR);
    private static final Set<String> KERNEL_STRUCTS =
            Set.of(
                    "bpf_list_head",
                    "bpf_list_node",
                    "bpf_rb_root",
                    "bpf_rb_node",
                    "bpf_refcount",
                    "bpf_wq");
    private static final Set<String> KPTR_TAGS = Set.of("kptr", "kptr_untrusted", "percpu_kptr");

    /// What the loader calls where a CO-RE relocation has no target, as libbpf does.
    private static final int BAD_RELOCATION = 0xbad2310;

    private SelftestScope() {}

    /// Why a linked program is out of scope, or null when it is in scope.
    static @Nullable String outside(ProgramSpec program) {
        if (program.type().is(ProgramType.Trait.KERNEL_TYPES)) {
            return program.type().name() + " programs get types of the kernel";
        }
        Code code = program.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            String reason = outside(code.at(pc), program);
            if (reason != null) {
                return reason;
            }
        }
        for (MapSpec map : program.maps()) {
            if (map.type() == MapType.ARENA || map.type() == MapType.STRUCT_OPS) {
                return "map " + map.name() + " is a " + map.type().label();
            }
            Btf btf = map.btf();
            if (btf != null && hasKptr(btf, map.valueType(), new HashSet<>())) {
                return "map " + map.name() + " holds kernel objects";
            }
        }
        return null;
    }

    private static @Nullable String outside(Insn insn, ProgramSpec program) {
        return switch (insn) {
            case Insn.CallKfunc call -> {
                String name = program.externs().get(call.id());
                yield Kfuncs.byName(name) == null ? "kfunc " + name : null;
            }
            case Insn.CallHelper call when call.id() == BAD_RELOCATION ->
                    "relocations to types of a kernel";
            case Insn.CallHelper call -> {
                HelperSpec helper = program.type().helper(call.id());
                yield helper != null && needsKernelTypes(helper)
                        ? "helper " + helper.name() + " needs types of the kernel"
                        : null;
            }
            case Insn.LoadImm64 load when load.kind() == WideKind.BTF_ID ->
                    "kernel variable " + program.externs().get(load.imm());
            case Insn.AddrSpaceCast cast -> "arena";
            default -> null;
        };
    }

    private static boolean needsKernelTypes(HelperSpec helper) {
        return KERNEL_RETURNS.contains(helper.returns())
                || helper.args().stream().anyMatch(arg -> KERNEL_ARGS.contains(arg.kind()));
    }

    private static boolean hasKptr(Btf btf, int id, Set<Integer> seen) {
        if (id <= 0 || id >= btf.size() || !seen.add(id)) {
            return false;
        }
        return switch (btf.type(id)) {
            case BtfType.TypeTag(String tag, int type) ->
                    KPTR_TAGS.contains(tag) || hasKptr(btf, type, seen);
            case BtfType.Ptr(int type) ->
                    type > 0
                            && type < btf.size()
                            && btf.type(type) instanceof BtfType.TypeTag(String tag, int target)
                            && KPTR_TAGS.contains(tag);
            case BtfType.Struct struct ->
                    KERNEL_STRUCTS.contains(struct.name())
                            || struct.members().stream()
                                    .anyMatch(member -> hasKptr(btf, member.type(), seen));
            case BtfType.Array array -> hasKptr(btf, array.element(), seen);
            case BtfType.Typedef typedef -> hasKptr(btf, typedef.type(), seen);
            case BtfType.Const constant -> hasKptr(btf, constant.type(), seen);
            case BtfType.Volatile wrapped -> hasKptr(btf, wrapped.type(), seen);
            default -> false;
        };
    }
}
