package bpf4j.loader;

import bpf4j.spec.MapSpec;

/// A map of an object and where the object's symbols find it.
///
/// @param section the index of its section, -1 for `.kconfig`
/// @param offset where its definition begins; 0 for a data section
record ObjectMap(MapSpec spec, int section, long offset, Origin origin) {
    /// Where a map comes from.
    enum Origin {
        /// A definition in `.maps`.
        BTF,
        /// A `struct bpf_map_def` in `maps`.
        LEGACY,
        /// A section of global variables.
        DATA,
        /// External configuration values.
        KCONFIG
    }

    ObjectMap with(MapSpec changed) {
        return new ObjectMap(changed, section, offset, origin);
    }
}
