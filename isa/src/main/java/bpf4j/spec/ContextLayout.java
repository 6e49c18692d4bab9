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

    /// Whether a program may load (`write` false) or store `bytes` bytes at `offset` under a
    /// policy:
    /// inside one field, aligned to `bytes`, with a width that the field permits.
    public boolean permits(int offset, int bytes, boolean write, LoadPolicy policy) {
        return offset >= 0 && offset % bytes == 0 && field(offset, bytes, write, policy) != null;
    }

    /// The field that permits an access (see [#permits]), or null.
    public @Nullable Field field(int offset, int bytes, boolean write, LoadPolicy policy) {
        boolean privileged = policy.grants(ProgramType.Capability.BPF);
        for (Field field : fields) {
            if (offset >= field.offset
                    && offset + bytes <= field.offset + field.size
                    && ((write ? field.stores : field.loads) & bytes) != 0
                    && (privileged || !field.guard.covers(write))) {
                return field;
            }
        }
        return null;
    }

    /// A field, or an array of fields. Fields may overlap: an access is permitted where one of them
    /// permits it.
    ///
    /// @param loads the sum of the widths in bytes (1, 2, 4, 8) of the permitted loads, 0 for none
    /// @param stores the sum of the widths in bytes (1, 2, 4, 8) of the permitted stores, 0 for
    ///     none
    /// @param guard which accesses need [ProgramType.Capability#BPF] though the program type does
    ///     not
    public record Field(
            String name, int offset, int size, Kind kind, int loads, int stores, Guard guard) {
        public Field {
            if (offset < 0 || size <= 0 || (loads & ~15) != 0 || (stores & ~15) != 0) {
                throw new IllegalArgumentException(
                        name
                                + ": offset "
                                + offset
                                + ", size "
                                + size
                                + ", loads "
                                + loads
                                + ", stores "
                                + stores);
            }
        }

        /// A field that every program of the type may use.
        public Field(String name, int offset, int size, Kind kind, int loads, int stores) {
            this(name, offset, size, kind, loads, stores, Guard.NONE);
        }

        /// A number that programs may load whole.
        public static Field readOnly(String name, int offset, int size) {
            return new Field(name, offset, size, Kind.SCALAR, size, 0);
        }

        /// A number that programs may load and store whole.
        public static Field readWrite(String name, int offset, int size) {
            return new Field(name, offset, size, Kind.SCALAR, size, size);
        }
    }

    /// Which accesses to a field need [ProgramType.Capability#BPF].
    public enum Guard {
        NONE,
        STORES,
        ALL;

        boolean covers(boolean write) {
            return this == ALL || this == STORES && write;
        }
    }

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
        /// The buffer of a writable raw tracepoint: any constant offset may be read and written.
        TP_BUFFER
    }
}
