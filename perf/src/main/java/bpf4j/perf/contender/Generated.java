package bpf4j.perf.contender;

import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Large programs, the same ones every time: `straight_10k` has 10,000 instructions without a jump,
/// `branchy_10k` one conditional jump in eight (but no more than Linux takes). Both work on the
/// first 64 bytes of the packet.
public final class Generated {
    private static final Pattern NAME = Pattern.compile("(straight|branchy)_(\\d+)k");
    private static final int BYTES = 64;
    private static final int EXIT = 0x95;

    /// Linux refuses a program when 8192 branches wait to be looked at.
    private static final int MAX_BRANCHES = 8000;

    private final ByteBuffer code;
    private final int size;
    private final Random random = new Random(1);

    private Generated(int size) {
        this.size = size;
        code = ByteBuffer.allocate(8 * size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /// The program as XDP.
    public static ProgramSpec spec(String name) {
        try {
            return ProgramSpec.of(
                    name,
                    ProgramTypes.XDP,
                    Codec.decode(code(name, true), ByteOrder.LITTLE_ENDIAN),
                    List.of());
        } catch (DecodeException e) {
            throw new AssertionError(e);
        }
    }

    /// The program's instructions.
    ///
    /// @param xdp whether r1 is an XDP context, else the packet's address
    static byte[] code(String name, boolean xdp) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(name);
        }
        Generated program = new Generated(1000 * Integer.parseInt(matcher.group(2)));
        program.begin(xdp);
        if (matcher.group(1).equals("straight")) {
            program.straight();
        } else {
            program.branchy();
        }
        return program.code.array();
    }

    private void begin(boolean xdp) {
        put(0xb4, 0, 0, 0, 0); // w0 = 0
        put(0xb4, 3, 0, 0, 3); // w3 = 3
        put(0xb4, 4, 0, 0, 4); // w4 = 4
        if (!xdp) {
            put(0x35, 2, 0, 1, BYTES); // if r2 >= 64 goto +1
            put(EXIT, 0, 0, 0, 0);
            for (int i = 0; i < 4; i++) {
                put(0xb4, 5, 0, 0, 5); // w5 = 5, so that the rest is the same
            }
        } else {
            put(0x61, 2, 1, 4, 0); // r2 = *(u32 *)(r1 + 4)
            put(0x61, 1, 1, 0, 0); // r1 = *(u32 *)(r1 + 0)
            put(0xbf, 5, 1, 0, 0); // r5 = r1
            put(0x07, 5, 0, 0, BYTES); // r5 += 64
            put(0xbd, 5, 2, 1, 0); // if r5 <= r2 goto +1
            put(EXIT, 0, 0, 0, 0);
        }
        put(0xb4, 5, 0, 0, 5); // w5 = 5
    }

    private void straight() {
        while (left() >= 9) {
            load();
            put(0x0c, 0, 2, 0, 0); // w0 += w2
            put(0xa4, 3, 0, 0, random.nextInt()); // w3 ^= imm
            put(0x2c, 3, 0, 0, 0); // w3 *= w0
            put(0x0f, 4, 3, 0, 0); // r4 += r3
            put(0xac, 0, 4, 0, 0); // w0 ^= w4
            put(0x64, 5, 0, 0, 1 + random.nextInt(5)); // w5 <<= imm
            put(0x4c, 5, 2, 0, 0); // w5 |= w2
        }
        end();
    }

    private void branchy() {
        int every = Math.max(8, Math.ceilDiv(size, MAX_BRANCHES));
        while (left() >= every + 1) {
            load();
            for (int i = 8; i < every; i++) {
                put(0xa4, 0, 0, 0, random.nextInt()); // w0 ^= imm
            }
            put(0x26, 2, 0, 2, random.nextInt(256)); // if w2 > imm goto +2
            put(0xa4, 0, 0, 0, random.nextInt()); // w0 ^= imm
            put(0x0c, 0, 4, 0, 0); // w0 += w4
            put(0x2c, 3, 2, 0, 0); // w3 *= w2
            put(0x0c, 4, 3, 0, 0); // w4 += w3
            put(0x64, 0, 0, 0, 1); // w0 <<= 1
            put(0xac, 0, 4, 0, 0); // w0 ^= w4
        }
        end();
    }

    /// r2 = some byte of the packet
    private void load() {
        put(0x71, 2, 1, random.nextInt(BYTES), 0);
    }

    private void end() {
        put(0xac, 0, 5, 0, 0); // w0 ^= w5
        while (left() > 1) {
            put(0x04, 0, 0, 0, 1); // w0 += 1
        }
        put(EXIT, 0, 0, 0, 0);
    }

    private int left() {
        return size - code.position() / 8;
    }

    private void put(int operation, int dst, int src, int offset, int imm) {
        code.put((byte) operation).put((byte) (src << 4 | dst)).putShort((short) offset);
        code.putInt(imm);
    }
}
