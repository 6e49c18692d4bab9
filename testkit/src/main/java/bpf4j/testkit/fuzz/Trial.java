package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import java.util.List;

/// A program, its maps and the packets that it is tried on.
///
/// @param name how to make it again, such as `seed 42`
/// @param code in which maps are indices into `maps`
public record Trial(
        String name, ProgramType type, Code code, List<MapSpec> maps, List<byte[]> packets) {
    public Trial {
        maps = List.copyOf(maps);
        packets = List.copyOf(packets);
    }

    /// The same with other instructions.
    Trial with(Code changed) {
        return new Trial(name, type, changed, maps, packets);
    }

    /// The same with just one of its packets.
    Trial with(byte[] packet) {
        return new Trial(name, type, code, maps, List.of(packet));
    }

    /// Whether an instruction refers to a map.
    boolean uses(int map) {
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.LoadImm64(int _, WideKind kind, int imm, int _)
                    && kind != WideKind.CONST
                    && kind != WideKind.FUNC
                    && imm == map) {
                return true;
            }
        }
        return false;
    }

    /// As what verifiers take.
    public ProgramSpec spec() {
        return ProgramSpec.of("fuzz", type, code, maps);
    }
}
