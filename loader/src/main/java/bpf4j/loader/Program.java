package bpf4j.loader;

import bpf4j.spec.ProgramType;

import org.jspecify.annotations.Nullable;

/// A program that an object declares, before it is linked.
///
/// @param section the name of its section
/// @param type its type, or null where it is unsupported
/// @param typeSource where the type comes from: `section`, `context`, `helpers` or `user`
/// @param wanted whether it is loaded when nothing else is said; a `?` before the section's name
///     turns it off
/// @param slots how many 8-byte slots it has without its subprograms
/// @param unsupported why it cannot be loaded, or null
public record Program(
        String name,
        String section,
        @Nullable ProgramType type,
        String typeSource,
        boolean wanted,
        int slots,
        @Nullable String unsupported) {}
