package bpf4j.spec;

import bpf4j.btf.Btf;
import bpf4j.isa.Code;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// A program ready to be verified: linked, relocated instructions and everything that they refer
/// to.
/// Immutable.
///
/// In `code`, the `imm` of a wide load of kind MAP, MAP_VALUE, MAP_IDX or MAP_IDX_VALUE is an index
/// into `maps`; the `id` of a `CallKfunc` and the `imm` of a BTF_ID load is an index into
/// `externs`.
/// Slot 0 is the entry; subprograms follow.
///
/// @param section the section of the object file, such as `xdp`, or empty
/// @param license the licence string, such as `GPL`
/// @param btf the types of the object, or null
/// @param functions where each subprogram begins, the entry first; empty when unknown (the verifier
///     then finds them from the calls)
/// @param lines source lines in ascending order of pc
public record ProgramSpec(
        String name,
        String section,
        ProgramType type,
        String license,
        Code code,
        List<MapSpec> maps,
        List<String> externs,
        @Nullable Btf btf,
        List<Function> functions,
        List<Line> lines,
        Set<Flag> flags) {

    public ProgramSpec {
        maps = List.copyOf(maps);
        externs = List.copyOf(externs);
        functions = List.copyOf(functions);
        lines = List.copyOf(lines);
        flags = Set.copyOf(flags);
    }

    /// A program of nothing but code and maps.
    public static ProgramSpec of(String name, ProgramType type, Code code, List<MapSpec> maps) {
        return new ProgramSpec(
                name, "", type, "GPL", code, maps, List.of(), null, List.of(), List.of(), Set.of());
    }

    /// A subprogram that begins at slot `pc`; `type` is the BTF id of its `Func`, 0 where unknown.
    public record Function(int pc, String name, int type) {}

    /// The source line of the instructions from slot `pc` on.
    public record Line(int pc, String file, int line, int column, String text) {}

    /// Load flags (Linux: `BPF_F_*` of `BPF_PROG_LOAD`).
    public enum Flag {
        STRICT_ALIGNMENT(1),
        ANY_ALIGNMENT(2),
        /// Explore with every state a checkpoint.
        TEST_STATE_FREQ(8),
        SLEEPABLE(16),
        /// Multi-buffer XDP.
        XDP_HAS_FRAGS(32),
        /// Refuse programs for which bounds are found to contradict each other.
        TEST_REG_INVARIANTS(128);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        /// Linux's bit in `prog_flags`.
        public int bit() {
            return bit;
        }
    }

    /// The source line that covers slot `pc`, or null.
    public @Nullable Line lineAt(int pc) {
        Line found = null;
        for (Line line : lines) {
            if (line.pc > pc) {
                break;
            }
            found = line;
        }
        return found;
    }
}
