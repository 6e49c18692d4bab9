package bpf4j.runtime;

import java.util.List;

/// What the references of a program stand for: the live maps in the order of
/// [bpf4j.spec.ProgramSpec#maps], and the helpers.
public record Bindings(AddressSpace space, List<BpfMap> maps, HelperTable helpers) {
    public Bindings {
        maps = List.copyOf(maps);
    }
}
