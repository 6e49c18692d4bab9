package bpf4j.loader;

/// A function of the object file: where its instructions are and how it is bound.
///
/// @param section the index of its section
/// @param start its first byte in the section
/// @param slots how many 8-byte slots it has
record FunctionSymbol(
        String name,
        int section,
        int start,
        int slots,
        boolean global,
        boolean weak,
        boolean hidden) {
    int end() {
        return start + slots * 8;
    }
}
