package bpf4j.vm;

import java.lang.foreign.MemorySegment;

/// How a Java value lies in the memory of a map: a size in bytes, read and written in little-endian
/// order as BPF programs do. Integers and records have one, see [#of]; make your own for anything
/// else.
public interface Layout<T> {
    /// The number of bytes.
    int size();

    /// The alignment in bytes that a C compiler gives it.
    int alignment();

    /// Reads the value at byte `at`.
    T read(MemorySegment memory, long at);

    /// Writes the value at byte `at`.
    void write(MemorySegment memory, long at, T value);

    /// The layout of a Java type, as C lays out the same declaration.
    ///
    /// - `Byte`, `Short`, `Integer`, `Long`: 1, 2, 4 and 8 bytes;
    /// - a record: its components in order, each aligned as in C; a `byte[]` component needs
    /// [Bytes];
    /// - `byte[]`: `size` bytes.
    ///
    /// @param size the size that the map has, which the layout must have as well
    /// @throws IllegalArgumentException when the type has no layout or one of another size
    static <T> Layout<T> of(Class<T> type, int size) {
        Layout<T> layout = Layouts.of(type, size);
        if (layout.size() != size) {
            throw new IllegalArgumentException(
                    "%s takes %d bytes, the map has %d"
                            .formatted(type.getSimpleName(), layout.size(), size));
        }
        return layout;
    }
}
