package bpf4j.testkit.generate;

import bpf4j.isa.Code;
import bpf4j.spec.MapSpec;

import java.util.List;

/// A generated program: its instructions, in which maps are indices into `maps`.
public record Generated(long seed, Code code, List<MapSpec> maps) {
    public Generated {
        maps = List.copyOf(maps);
    }
}
