package bpf4j.kernel;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A program as Linux takes it (`BPF_PROG_LOAD`): instructions in this machine's byte order, with
/// file
/// descriptors of maps in place.
///
/// @param type Linux's program type
/// @param flags Linux's `BPF_F_*` load flags
/// @param functions `struct bpf_func_info` records of 8 bytes
public record LoadRequest(
        String name,
        int type,
        int attachType,
        int flags,
        String license,
        byte[] insns,
        @Nullable KernelBtf btf,
        byte[] functions) {

    /// The program of a specification whose maps are these.
    ///
    /// @param maps in the specification's order; null for those that no instruction refers to
    /// @param btf the object's BTF, or null: then functions have no types
    public static LoadRequest of(
            ProgramSpec spec, List<? extends @Nullable KernelMap> maps, @Nullable KernelBtf btf) {
        Code code = spec.code().map(pc -> withDescriptors(spec.code().at(pc), maps));
        byte[] functions = new byte[0];
        boolean typed =
                btf != null
                        && !spec.functions().isEmpty()
                        && spec.functions().stream().allMatch(function -> function.type() != 0);
        if (typed) {
            ByteBuffer records =
                    ByteBuffer.allocate(8 * spec.functions().size()).order(ByteOrder.nativeOrder());
            for (ProgramSpec.Function function : spec.functions()) {
                records.putInt(function.pc()).putInt(function.type());
            }
            functions = records.array();
        }
        int flags = 0;
        for (ProgramSpec.Flag flag : spec.flags()) {
            flags |= flag.bit();
        }
        return new LoadRequest(
                spec.name(),
                spec.type().number(),
                spec.type().attachType(),
                flags,
                spec.license(),
                Codec.encode(code, ByteOrder.nativeOrder()),
                typed ? btf : null,
                functions);
    }

    private static Insn withDescriptors(Insn insn, List<? extends @Nullable KernelMap> maps) {
        if (!(insn instanceof Insn.LoadImm64(int dst, WideKind kind, int imm, int imm2))) {
            return insn;
        }
        return switch (kind) {
            case MAP, MAP_IDX -> new Insn.LoadImm64(dst, WideKind.MAP, fd(maps, imm), imm2);
            case MAP_VALUE, MAP_IDX_VALUE ->
                    new Insn.LoadImm64(dst, WideKind.MAP_VALUE, fd(maps, imm), imm2);
            case CONST, BTF_ID, FUNC -> insn;
        };
    }

    private static int fd(List<? extends @Nullable KernelMap> maps, int index) {
        KernelMap map = maps.get(index);
        if (map == null) {
            throw new IllegalArgumentException("map " + index + " is not there");
        }
        return map.fd();
    }
}
