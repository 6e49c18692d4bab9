package bpf4j.spec;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The context that a program of some type receives in r1: a struct of named fields at fixed byte
/// offsets, of which a program may read and write some (Linux: the `is_valid_access` of a program
/// type).
///
/// @param size the number of bytes; accesses beyond it are refused
public record ContextLayout(String struct, int size, List<Field> fields) {

    public ContextLayout {
        fields = List.copyOf(fields);
    }

    /// The field that holds the byte at `offset`, or null in a hole.
    public @Nullable Field at(int offset) {
        for (Field field : fields) {
            if (offset >= field.offset && offset < field.offset + field.size) {
                return field;
            }
        }
        return null;
    }

    /// A field.
    ///
    /// @param element size in bytes of one element: equal to `size` unless the field is an array
    /// @param narrow whether loads of a part of an element are permitted
    /// @param wide whether 8-byte accesses over two 4-byte elements are permitted
    public record Field(
            String name,
            int offset,
            int size,
            int element,
            Kind kind,
            boolean readable,
            boolean writable,
            boolean narrow,
            boolean wide) {}

    /// What a load of a field gives.
    public enum Kind {
        SCALAR,
        /// A pointer to the packet's first byte (`data`), loaded as 4 bytes in `xdp_md` and
        /// `__sk_buff`.
        PACKET,
        /// A pointer to the metadata before the packet (`data_meta`).
        PACKET_META,
        /// A pointer behind the packet's last byte (`data_end`).
        PACKET_END,
        /// A socket (`struct bpf_sock`), never null.
        SOCKET,
        /// A socket or null: `struct sock_common`.
        SOCK_COMMON_OR_NULL,
        /// A socket or null: `struct bpf_sock`.
        SOCKET_OR_NULL,
        /// Flow keys (`struct bpf_flow_keys`), which the program may write.
        FLOW_KEYS,
        /// The start of a kernel buffer that a program may read and write up to its end.
        BUFFER,
        /// The end of a kernel buffer.
        BUFFER_END
    }
}
