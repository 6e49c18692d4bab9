package bpf4j.verifier.check;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import java.util.Set;

/// Which programs may use which maps at all.
public final class MapRules {
    private static final Set<String> TRACING =
            Set.of(
                    "kprobe",
                    "tracepoint",
                    "perf_event",
                    "raw_tracepoint",
                    "raw_tracepoint_writable");
    private static final Set<MapType> SLEEPABLE =
            Set.of(
                    MapType.HASH,
                    MapType.LRU_HASH,
                    MapType.ARRAY,
                    MapType.PERCPU_HASH,
                    MapType.PERCPU_ARRAY,
                    MapType.LRU_PERCPU_HASH,
                    MapType.ARRAY_OF_MAPS,
                    MapType.HASH_OF_MAPS,
                    MapType.RINGBUF,
                    MapType.USER_RINGBUF,
                    MapType.INODE_STORAGE,
                    MapType.SK_STORAGE,
                    MapType.TASK_STORAGE,
                    MapType.CGRP_STORAGE,
                    MapType.QUEUE,
                    MapType.STACK,
                    MapType.ARENA);

    private MapRules() {}

    /// Checks the maps that a program names, before it is explored.
    public static void check(ProgramSpec spec) {
        MapFields fields = new MapFields();
        Code code = spec.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.CallReg) {
                // Linux has no such instruction, and says so where it looks at maps.
                throw new Violation(Rule.MALFORMED, Violation.EINVAL, pc, -1, "unknown opcode 8d");
            }
            if (code.at(pc) instanceof Insn.LoadImm64 load
                    && (isMap(load.kind()) || isValue(load.kind()))) {
                try {
                    check(spec, load, fields);
                } catch (Violation violation) {
                    throw violation.at(pc);
                }
            }
        }
    }

    private static boolean isMap(WideKind kind) {
        return kind == WideKind.MAP || kind == WideKind.MAP_IDX;
    }

    private static boolean isValue(WideKind kind) {
        return kind == WideKind.MAP_VALUE || kind == WideKind.MAP_IDX_VALUE;
    }

    private static void check(ProgramSpec spec, Insn.LoadImm64 load, MapFields fields) {
        MapSpec map = named(spec, load);
        check(spec, map, fields);
        if (isValue(load.kind())) {
            checkDirect(map, load.imm2());
        }
    }

    /// The map that a wide load names.
    static MapSpec named(ProgramSpec spec, Insn.LoadImm64 load) {
        int index = load.imm();
        if (index < 0 || index >= spec.maps().size()) {
            throw Violation.invalid(
                    Rule.MALFORMED, -1, "fd " + index + " is not pointing to valid bpf_map");
        }
        return spec.maps().get(index);
    }

    private static void checkDirect(MapSpec map, int offset) {
        if (Integer.compareUnsigned(offset, Env.MAX_VAR_OFF) >= 0) {
            throw Violation.invalid(
                    Rule.OUT_OF_BOUNDS,
                    -1,
                    "direct value offset of "
                            + Integer.toUnsignedString(offset)
                            + " is not allowed");
        }
        if (map.type() != MapType.ARRAY) {
            throw Violation.invalid(
                    Rule.MAP_NOT_PERMITTED, -1, "no direct value access support for this map type");
        }
        if (map.maxEntries() != 1 || offset >= map.valueSize()) {
            throw Violation.invalid(
                    Rule.OUT_OF_BOUNDS,
                    -1,
                    "invalid access to map value pointer, value_size="
                            + map.valueSize()
                            + " off="
                            + offset);
        }
    }

    private static void check(ProgramSpec spec, MapSpec map, MapFields fields) {
        String type = spec.type().name();
        if (fields.has(map, "bpf_spin_lock")) {
            if (type.equals("socket_filter")) {
                throw refuse("socket filter progs cannot use bpf_spin_lock yet");
            }
            if (TRACING.contains(type)) {
                throw refuse("tracing progs cannot use bpf_spin_lock yet");
            }
        }
        if (fields.has(map, "bpf_timer") && TRACING.contains(type)) {
            throw refuse("tracing progs cannot use bpf_timer yet");
        }
        if (map.type() == MapType.STRUCT_OPS) {
            throw refuse("bpf_struct_ops map cannot be used in prog");
        }
        if (spec.flags().contains(ProgramSpec.Flag.SLEEPABLE) && !SLEEPABLE.contains(map.type())) {
            throw refuse(
                    "Sleepable programs can only use array, hash, ringbuf and local storage maps");
        }
    }

    private static Violation refuse(String text) {
        return Violation.invalid(Rule.MAP_NOT_PERMITTED, -1, text);
    }
}
