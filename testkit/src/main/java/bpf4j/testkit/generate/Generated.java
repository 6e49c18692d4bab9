package bpf4j.testkit.generate;

import bpf4j.isa.Code;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import java.util.List;

/// A generated program.
public record Generated(long seed, ProgramSpec spec) {
    /// Its instructions, in which maps are indices into [#maps].
    public Code code() {
        return spec.code();
    }

    /// Its maps.
    public List<MapSpec> maps() {
        return spec.maps();
    }
}
