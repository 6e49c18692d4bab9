package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;

/// What a CO-RE relocation gives for a path: the answer to its question and, for offsets, how large
/// the field is.
///
/// @param size of the field in bytes when it can be loaded at once, else 0
/// @param type of the field when `size` is known, else 0
/// @param certain whether the compiler's answer for its own types must be the same; it chooses how
///     to load bitfields
/// @param absent whether there is no answer: the instruction must not be reached
record CoreValue(long value, int size, int type, boolean certain, boolean absent) {
    private static final CoreValue ABSENT = new CoreValue(0, 0, 0, true, true);

    private static CoreValue of(long value) {
        return new CoreValue(value, 0, 0, true, false);
    }

    /// The answer for a path, or for none.
    static CoreValue of(CoreKind kind, @Nullable CoreSpec spec, ByteOrder order)
            throws LoadException {
        if (spec == null) {
            return switch (kind) {
                case FIELD_EXISTS, ENUMVAL_EXISTS, TYPE_EXISTS, TYPE_MATCHES -> of(0);
                case TYPE_ID_TARGET -> new CoreValue(0, 0, 0, false, false);
                case TYPE_SIZE, TYPE_ID_LOCAL -> of(0);
                case FIELD_BYTE_OFFSET,
                        FIELD_BYTE_SIZE,
                        FIELD_SIGNED,
                        FIELD_LSHIFT_U64,
                        FIELD_RSHIFT_U64,
                        ENUMVAL_VALUE ->
                        ABSENT;
            };
        }
        return switch (kind) {
            case FIELD_EXISTS, ENUMVAL_EXISTS, TYPE_EXISTS, TYPE_MATCHES -> of(1);
            case TYPE_ID_LOCAL, TYPE_ID_TARGET -> new CoreValue(spec.root(), 0, 0, false, false);
            case TYPE_SIZE -> of(CoreSpec.bits(spec.btf(), spec.root()) / 8);
            case ENUMVAL_VALUE -> {
                CoreSpec.Step step = spec.steps().getFirst();
                BtfType.Enum values = (BtfType.Enum) spec.btf().type(step.type());
                yield of(values.values().get(step.index()).value());
            }
            case FIELD_BYTE_OFFSET,
                    FIELD_BYTE_SIZE,
                    FIELD_SIGNED,
                    FIELD_LSHIFT_U64,
                    FIELD_RSHIFT_U64 ->
                    field(kind, spec, order);
        };
    }

    private static CoreValue field(CoreKind kind, CoreSpec spec, ByteOrder order)
            throws LoadException {
        Btf btf = spec.btf();
        CoreSpec.Step last = spec.steps().getLast();
        if (last.name() == null) {
            int size = (int) (CoreSpec.bits(btf, last.type()) / 8);
            return switch (kind) {
                case FIELD_BYTE_OFFSET ->
                        new CoreValue(spec.bitOffset() / 8, size, last.type(), true, false);
                case FIELD_BYTE_SIZE -> of(size);
                default -> throw new LoadException("asks an array element for " + kind);
            };
        }
        BtfType.Struct holder = (BtfType.Struct) btf.type(last.type());
        BtfType.Member member = holder.members().get(last.index());
        int type = btf.resolve(member.type());
        boolean bitfield = member.bitWidth() != 0;
        long size = CoreSpec.bits(btf, type) / 8;
        long offset = spec.bitOffset() / 8;
        long width = size * 8;
        if (bitfield) {
            width = member.bitWidth();
            if (size == 0) {
                throw new LoadException("asks for a bitfield of a type without size");
            }
            offset = offset / size * size;
            while (spec.bitOffset() + width - offset * 8 > size * 8) {
                if (size >= 8) {
                    throw new LoadException("asks for a bitfield that no load of 8 bytes covers");
                }
                size *= 2;
                offset = spec.bitOffset() / 8 / size * size;
            }
        }
        long within = spec.bitOffset() - offset * 8;
        return switch (kind) {
            case FIELD_BYTE_OFFSET ->
                    new CoreValue(
                            offset,
                            bitfield ? 0 : (int) size,
                            bitfield ? 0 : type,
                            !bitfield,
                            false);
            case FIELD_BYTE_SIZE -> new CoreValue(size, 0, 0, !bitfield, false);
            case FIELD_SIGNED -> of(isSigned(btf.type(type)) ? 1 : 0);
            case FIELD_LSHIFT_U64 ->
                    new CoreValue(
                            order == ByteOrder.LITTLE_ENDIAN
                                    ? 64 - (within + width)
                                    : (8 - size) * 8 + within,
                            0,
                            0,
                            !bitfield,
                            false);
            case FIELD_RSHIFT_U64 -> of(64 - width);
            default -> throw new AssertionError(kind);
        };
    }

    private static boolean isSigned(BtfType type) {
        return switch (type) {
            case BtfType.Int integer -> integer.signed();
            case BtfType.Enum values -> values.signed();
            default -> false;
        };
    }
}
