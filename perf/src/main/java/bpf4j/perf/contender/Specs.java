package bpf4j.perf.contender;

import bpf4j.loader.ObjectSpec;
import bpf4j.perf.compare.Workload;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;

import java.util.List;

/// The programs of a workload as bpf4j and Linux take them.
final class Specs {
    private Specs() {}

    /// The programs of the object, or the generated one.
    static List<ProgramSpec> of(Workload.Setup setup) throws LoadException {
        String name = setup.workload().program();
        return Generated.isName(name)
                ? List.of(Generated.spec(name))
                : ObjectSpec.load(setup.object(".bpf.o")).programs();
    }
}
