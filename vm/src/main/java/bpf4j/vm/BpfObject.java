package bpf4j.vm;

import bpf4j.loader.ObjectSpec;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerificationException;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A loaded object: live maps and programs that are ready to run.
public final class BpfObject {
    private final List<MapView> maps;
    private final List<BpfProgram> programs;

    private BpfObject(List<MapView> maps, List<BpfProgram> programs) {
        this.maps = List.copyOf(maps);
        this.programs = List.copyOf(programs);
    }

    static BpfObject load(Bpf bpf, ObjectSpec object) throws LoadException, VerificationException {
        if (object.order() == ByteOrder.BIG_ENDIAN) {
            throw new LoadException(
                    "object '"
                            + object.name()
                            + "' is compiled for big-endian memory; programs run in little-endian"
                            + " memory here: compile with -target bpfel");
        }
        LiveMaps live = new LiveMaps(bpf.space());
        List<MapView> maps = new ArrayList<>();
        for (MapSpec spec : object.maps()) {
            maps.add(new MapView(live.create(spec)));
        }
        List<BpfProgram> programs = new ArrayList<>();
        for (ProgramSpec spec : object.programs()) {
            programs.add(BpfProgram.load(bpf, spec, live));
        }
        live.fill(programs);
        return new BpfObject(maps, programs);
    }

    /// The maps in the order in which the object declares them.
    public List<MapView> maps() {
        return maps;
    }

    /// The map of this name.
    ///
    /// @throws IllegalArgumentException when there is none
    public MapView map(String name) {
        for (MapView map : maps) {
            if (map.name().equals(name)) {
                return map;
            }
        }
        throw new IllegalArgumentException(
                "the object has no map '%s'; it has %s"
                        .formatted(name, maps.stream().map(MapView::name).toList()));
    }

    /// The programs in the order in which the object declares them.
    public List<BpfProgram> programs() {
        return programs;
    }

    /// The program of this name.
    ///
    /// @throws IllegalArgumentException when there is none
    public BpfProgram program(String name) {
        for (BpfProgram program : programs) {
            if (program.name().equals(name)) {
                return program;
            }
        }
        throw new IllegalArgumentException(
                "the object has no program '%s'; it has %s"
                        .formatted(name, programs.stream().map(BpfProgram::name).toList()));
    }
}
