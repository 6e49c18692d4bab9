package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import java.util.List;

/// A program, its maps and the inputs that it is tried on.
///
/// @param name how to make it again, such as `seed 42`
/// @param spec the program as verifiers take it
/// @param packets what it is run on: packets, or contexts for types without packets
public record Trial(String name, ProgramSpec spec, List<byte[]> packets) {
    public Trial {
        packets = List.copyOf(packets);
    }

    /// A program without types.
    public Trial(
            String name, ProgramType type, Code code, List<MapSpec> maps, List<byte[]> packets) {
        this(name, ProgramSpec.of("fuzz", type, code, maps), packets);
    }

    /// What kind of program it is.
    public ProgramType type() {
        return spec.type();
    }

    /// Its instructions, in which maps are indices into [#maps].
    public Code code() {
        return spec.code();
    }

    /// The maps that it may refer to.
    public List<MapSpec> maps() {
        return spec.maps();
    }

    /// Whether its inputs are contexts, not packets.
    public boolean isContext() {
        return Inputs.isContext(this);
    }

    /// The same with another program.
    Trial with(ProgramSpec changed) {
        return new Trial(name, changed, packets);
    }

    /// The same with other instructions in the same places.
    Trial with(Code changed) {
        return with(CodeCut.withCode(spec, changed, spec.functions()));
    }

    /// The same with just one of its packets.
    Trial with(byte[] packet) {
        return new Trial(name, spec, List.of(packet));
    }

    /// Whether an instruction refers to a map.
    boolean uses(int map) {
        Code code = code();
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
}
