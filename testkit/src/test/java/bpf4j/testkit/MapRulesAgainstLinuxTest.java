package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.MapException;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Declarations of maps, good and bad, are accepted and refused as by Linux, with the same error.
/// Skipped, with the reason printed, where Linux does not let this process create maps.
class MapRulesAgainstLinuxTest {
    /// Types whose creation needs BTF, a template or sockets.
    private static final Set<MapType> ELSEWHERE =
            EnumSet.of(
                    MapType.UNSPEC,
                    MapType.STRUCT_OPS,
                    MapType.ARENA,
                    MapType.ARRAY_OF_MAPS,
                    MapType.HASH_OF_MAPS,
                    MapType.SK_STORAGE,
                    MapType.TASK_STORAGE,
                    MapType.INODE_STORAGE,
                    MapType.CGRP_STORAGE);

    private static final int[] KEYS = {0, 4, 5, 8, 16, 260, 261};
    private static final int[] VALUES = {0, 4, 6, 8, 1016, 1024, 40000};
    private static final int[] ENTRIES = {0, 3, 4096};
    private static final int[] FLAGS = {
        0, 1, 2, 3, 8, 16, 24, 32, 64, 128, 256, 384, 512, 1024, 2048, 4096, 1 << 20
    };

    @Test
    void declarationsAreJudgedAlike() {
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            System.out.println("map declarations against Linux: skipped, " + reason);
        }
        assumeTrue(reason == null);
        List<String> differences = new ArrayList<>();
        int count = 0;
        for (MapType type : MapType.values()) {
            if (ELSEWHERE.contains(type)) {
                continue;
            }
            for (MapSpec spec : declarations(type)) {
                count++;
                String linux = inLinux(spec);
                String ours = here(spec);
                if (!linux.equals(ours)) {
                    differences.add(
                            "%s key %d value %d entries %d flags 0x%x: Linux %s, bpf4j %s"
                                    .formatted(
                                            type.label(),
                                            spec.keySize(),
                                            spec.valueSize(),
                                            spec.maxEntries(),
                                            spec.flags(),
                                            linux,
                                            ours));
                }
            }
        }
        System.out.println("map declarations against Linux: " + count + " compared");
        assertEquals("", String.join("\n", differences));
    }

    /// Each size with a valid rest, and each flag.
    private static List<MapSpec> declarations(MapType type) {
        List<MapSpec> specs = new ArrayList<>();
        for (int key : KEYS) {
            for (int value : VALUES) {
                for (int entries : ENTRIES) {
                    // Large ones only cost time; how many CPUs Linux knows depends on its making.
                    if ((long) value * entries < 1 << 18
                            && (type != MapType.CPUMAP || entries < 1000)) {
                        specs.add(
                                MapSpec.of("m", type, key, value, entries)
                                        .withFlags(type == MapType.LPM_TRIE ? 1 : 0));
                    }
                }
            }
        }
        int[][] shapes = {{4, 4, 16}, {8, 8, 16}, {0, 0, 4096}, {0, 8, 16}, {8, 8, 0}};
        for (int[] shape : shapes) {
            for (int flags : FLAGS) {
                specs.add(MapSpec.of("m", type, shape[0], shape[1], shape[2]).withFlags(flags));
            }
        }
        return specs;
    }

    private static String inLinux(MapSpec spec) {
        try (KernelMap map = KernelMap.create(spec, null, null)) {
            return "accepts " + map.spec().name();
        } catch (KernelException e) {
            return "-" + e.errno();
        }
    }

    private static String here(MapSpec spec) {
        try {
            return "accepts " + Maps.create(new AddressSpace(1, 1 << 30), spec).spec().name();
        } catch (MapException e) {
            return "-" + e.errno();
        }
    }
}
