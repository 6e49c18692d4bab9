package bpf4j.verifier.check;

import bpf4j.verifier.state.Kind;

/// What may be loaded from sockets (Linux: `struct bpf_sock`, `bpf_tcp_sock`, `bpf_xdp_sock`).
final class Sockets {
    private static final int FAMILY = 4;
    private static final int TYPE = 8;
    private static final int PROTOCOL = 12;
    private static final int SRC_IP4 = 24;
    private static final int SRC_PORT = 44;
    private static final int DST_PORT = 48;
    private static final int DST_IP4 = 52;
    private static final int STATE = 72;
    private static final int RX_QUEUE_MAPPING = 76;
    private static final int SOCK_SIZE = 80;
    private static final int BYTES_RECEIVED = 80;
    private static final int DSACK_DUPS = 96;
    private static final int TCP_SIZE = 112;

    private Sockets() {}

    static boolean permits(Kind kind, int off, int bytes) {
        return switch (kind) {
            case SOCK_COMMON -> !within(off, TYPE, SRC_IP4) && socket(off, bytes);
            case SOCKET -> socket(off, bytes);
            case TCP_SOCK -> tcp(off, bytes);
            case XDP_SOCK -> off == 0 && bytes == 4;
            default -> false;
        };
    }

    private static boolean within(int off, int from, int to) {
        return off >= from && off < to;
    }

    private static boolean socket(int off, int bytes) {
        if (off < 0 || off >= SOCK_SIZE || off % bytes != 0) {
            return false;
        }
        if (within(off, DST_PORT, DST_PORT + 2)) {
            return bytes <= 2 || bytes == 4;
        }
        if (within(off, DST_PORT + 2, DST_IP4)) {
            return false;
        }
        boolean narrow =
                off == STATE
                        || off == FAMILY
                        || off == TYPE
                        || off == PROTOCOL
                        || off == SRC_PORT
                        || off == RX_QUEUE_MAPPING
                        || within(off, SRC_IP4, SRC_PORT)
                        || within(off, DST_IP4, STATE);
        return narrow ? bytes <= 4 : bytes == 4;
    }

    private static boolean tcp(int off, int bytes) {
        if (off < 0 || off >= TCP_SIZE || off % bytes != 0) {
            return false;
        }
        if (within(off, BYTES_RECEIVED, DSACK_DUPS)) {
            return bytes == 8;
        }
        return bytes == 4;
    }
}
