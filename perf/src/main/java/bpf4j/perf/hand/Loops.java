package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.be16;
import static bpf4j.perf.hand.Fields.le32;
import static bpf4j.perf.hand.Fields.le64;
import static bpf4j.perf.hand.Fields.putLe64;

/// Programs that compute.
final class Loops {
    private Loops() {}

    static int checksum(byte[] p, int start, int length) {
        int sum = 0;
        int end = start + Math.min(1500, length) - 1;
        for (int i = start; i < end; i += 2) {
            sum += be16(p, i);
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return ~sum & 0xFFFF;
    }

    static int log2(byte[] p, int start, int length) {
        int sum = 0;
        for (int i = 0; i < 16 && 4 * i + 4 <= length; i++) {
            int value = le32(p, start + 4 * i);
            while (Integer.compareUnsigned(value, 1) > 0) {
                value >>>= 1;
                sum++;
            }
        }
        return sum;
    }

    static int prime(byte[] p, int start, int length) {
        if (length < 2) {
            return 0;
        }
        int number = p[start] & 0xFF | (p[start + 1] & 0xFF) << 8;
        if (number < 2) {
            return 0;
        }
        for (int divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return 0;
            }
        }
        return 1;
    }

    static int compare(byte[] p, int start, int length) {
        int second = start + 256;
        for (int i = 0; i < 256; i++) {
            if (256 + i + 1 > length) {
                return 2;
            }
            byte left = p[start + i];
            byte right = p[second + i];
            if (left != right) {
                return Byte.compareUnsigned(left, right) < 0 ? 3 : 4;
            }
            if (left == 0) {
                break;
            }
        }
        return 1;
    }

    static int copy(byte[] p, int start, int length) {
        int copied = 0;
        for (; copied < 512 && 512 + copied + 8 <= length; copied += 8) {
            putLe64(p, start + 512 + copied, le64(p, start + copied));
        }
        return copied;
    }

    static int interpret(byte[] p, int start, int length) {
        int value = 1;
        for (int i = 0; i < 32 && i < length; i++) {
            switch (p[start + i]) {
                case 0 -> value += 3;
                case 1 -> value *= 5;
                case 2 -> value ^= 0x55;
                case 3 -> value = ~value;
                case 4 -> value >>>= 1;
                case 5 -> value <<= 2;
                case 6 -> value -= i;
                case 7 -> value |= 1;
                case 8 -> value &= 0xFFFFFF;
                case 9 -> value = -value;
                case 10 -> value += value >>> 3;
                case 11 -> {
                    return value;
                }
                default -> value = 0;
            }
        }
        return value;
    }

    static int loop(byte[] p, int start, int length) {
        if (length < 1) {
            return 0;
        }
        int sum = p[start] & 0xFF;
        for (int i = 0; i < 256; i++) {
            sum = sum * 31 + i;
        }
        return sum;
    }
}
