package bpf4j.testkit.generate;

import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;

import java.util.List;
import java.util.Set;

/// A kind of program, and what of its context and helpers a generator uses: only what gives the
/// same
/// on every machine.
public enum Flavour {
    XDP(
            6,
            0,
            0,
            4,
            Set.of(Ability.XDP, Ability.CHECKSUM, Ability.WRITE_PACKET),
            List.of(new Field(12, false), new Field(16, false))),
    SCHED_CLS(
            3,
            0,
            76,
            80,
            Set.of(Ability.LOAD_BYTES, Ability.STORE_BYTES, Ability.CHECKSUM, Ability.WRITE_PACKET),
            List.of(
                    new Field(0, false),
                    new Field(4, false),
                    new Field(8, true),
                    new Field(16, false),
                    new Field(32, true),
                    new Field(44, true),
                    new Field(48, true),
                    new Field(52, true),
                    new Field(64, true))),
    SOCKET_FILTER(
            1,
            0,
            -1,
            -1,
            Set.of(Ability.LOAD_BYTES, Ability.LEGACY),
            List.of(
                    new Field(0, false),
                    new Field(4, false),
                    new Field(8, false),
                    new Field(16, false),
                    new Field(32, false),
                    new Field(48, true),
                    new Field(56, true))),
    CGROUP_SKB(
            8,
            0,
            76,
            80,
            Set.of(Ability.LOAD_BYTES),
            List.of(
                    new Field(0, false),
                    new Field(8, true),
                    new Field(16, false),
                    new Field(32, true),
                    new Field(48, true),
                    new Field(60, true))),
    RAW_TRACEPOINT(
            17,
            0,
            -1,
            -1,
            Set.of(),
            List.of(
                    new Field(0, false, 8),
                    new Field(8, false, 8),
                    new Field(24, false, 8),
                    new Field(88, false, 8)));

    /// What a program of this kind may do.
    enum Ability {
        /// `bpf_xdp_adjust_head` and its like.
        XDP,
        /// `bpf_skb_load_bytes`.
        LOAD_BYTES,
        /// `bpf_skb_store_bytes` and `bpf_skb_change_tail`.
        STORE_BYTES,
        /// `bpf_csum_diff`.
        CHECKSUM,
        /// Stores to the packet through pointers.
        WRITE_PACKET,
        /// `LD_ABS` and `LD_IND`.
        LEGACY
    }

    /// A field of the context.
    ///
    /// @param off its first byte
    /// @param writable whether programs may store to it
    /// @param bytes 4 or 8
    record Field(int off, boolean writable, int bytes) {
        Field(int off, boolean writable) {
            this(off, writable, 4);
        }
    }

    private final ProgramType type;
    final int data;
    final int dataEnd;
    final Set<Ability> abilities;
    final List<Field> fields;

    Flavour(
            int type,
            int attachType,
            int data,
            int dataEnd,
            Set<Ability> abilities,
            List<Field> fields) {
        try {
            this.type = ProgramTypes.of(type, attachType);
        } catch (LoadException e) {
            throw new AssertionError(e);
        }
        this.data = data;
        this.dataEnd = dataEnd;
        this.abilities = abilities;
        this.fields = fields;
    }

    /// Linux's program type.
    public ProgramType type() {
        return type;
    }

    /// Whether the packet's bytes can be reached through pointers of the context.
    boolean hasPacket() {
        return data >= 0;
    }

    /// The bits of r0 that may be set at the end.
    int resultMask() {
        return this == CGROUP_SKB ? 1 : -1;
    }
}
