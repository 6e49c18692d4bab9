package bpf4j.perf.hand;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Fields of packets at any place: network byte order, or the machine's of Linux on x86.
final class Fields {
    private static final VarHandle BE16 =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LE32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LE64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Fields() {}

    static int be16(byte[] bytes, int at) {
        return (short) BE16.get(bytes, at) & 0xFFFF;
    }

    static int le32(byte[] bytes, int at) {
        return (int) LE32.get(bytes, at);
    }

    static int be32(byte[] bytes, int at) {
        return Integer.reverseBytes(le32(bytes, at));
    }

    static void putLe32(byte[] bytes, int at, int value) {
        LE32.set(bytes, at, value);
    }

    static long le64(byte[] bytes, int at) {
        return (long) LE64.get(bytes, at);
    }

    static void putLe64(byte[] bytes, int at, long value) {
        LE64.set(bytes, at, value);
    }
}
