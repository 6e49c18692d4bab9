package bpf4j.jit.support;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Little-endian values at any index of a byte array; an index outside is an exception.
public final class Arrays {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Arrays() {}

    /// Loads 2 bytes.
    public static short getShort(byte[] array, int index) {
        return (short) SHORT.get(array, index);
    }

    /// Loads 4 bytes.
    public static int getInt(byte[] array, int index) {
        return (int) INT.get(array, index);
    }

    /// Loads 8 bytes.
    public static long getLong(byte[] array, int index) {
        return (long) LONG.get(array, index);
    }

    /// Stores the low 2 bytes of a value.
    public static void setShort(byte[] array, int index, int value) {
        SHORT.set(array, index, (short) value);
    }

    /// Stores 4 bytes.
    public static void setInt(byte[] array, int index, int value) {
        INT.set(array, index, value);
    }

    /// Stores 8 bytes.
    public static void setLong(byte[] array, int index, long value) {
        LONG.set(array, index, value);
    }
}
