package bpf4j.vm.capture;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A capture file that is read packet by packet in constant memory: pcap with micro- or nanosecond
/// times in both byte orders, or pcapng; each plain or compressed with gzip.
public final class CaptureReader implements Closeable {
    /// No packet is larger than this; a length beyond it means that the file is damaged.
    static final int MAX_PACKET = 16 << 20;

    private static final int GZIP_MAGIC = 0x1F8B;

    private final Input in;
    private final Format format;
    private final Packet packet = new Packet();
    private long packets;

    private CaptureReader(Input in, Format format) {
        this.in = in;
        this.format = format;
    }

    /// Opens a capture.
    ///
    /// @throws LoadException when the file is missing, unreadable, or not a capture
    public static CaptureReader open(Path file) throws LoadException {
        Counting counting = null;
        try {
            if (Files.isDirectory(file)) {
                throw new LoadException(file + ": is a directory; give a pcap or pcapng file");
            }
            counting = new Counting(Files.newInputStream(file));
            InputStream stream = new BufferedInputStream(counting, 1 << 16);
            stream.mark(2);
            int magic = stream.read() << 8 | stream.read();
            stream.reset();
            if (magic == GZIP_MAGIC) {
                stream = new BufferedInputStream(new GZIPInputStream(stream, 1 << 16), 1 << 16);
            }
            Input in = new Input(file.toString(), stream, counting);
            return new CaptureReader(in, Format.detect(in));
        } catch (LoadException e) {
            closeQuietly(counting);
            throw e;
        } catch (NoSuchFileException e) {
            throw new LoadException(file + ": no such file", e);
        } catch (IOException e) {
            closeQuietly(counting);
            throw new LoadException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// The next packet, or null at the end of the file.
    ///
    /// @throws LoadException when the file is damaged or ends in the middle of a packet
    public @Nullable Packet next() throws LoadException {
        try {
            if (!format.read(in, packet)) {
                return null;
            }
            packets++;
            return packet;
        } catch (LoadException e) {
            throw e;
        } catch (IOException e) {
            throw new LoadException(
                    "%s: cannot be read after packet %d: %s".formatted(in.name, packets, reason(e)),
                    e);
        }
    }

    /// The number of packets read so far.
    public long packets() {
        return packets;
    }

    /// The number of bytes of the file (as it lies on disk) read so far.
    public long fileBytes() {
        return in.counting.bytes;
    }

    /// The link type of the first interface (`LINKTYPE_*`), or -1 where none is known yet.
    public int linkType() {
        return format.linkType();
    }

    /// Whether times are finer than microseconds.
    public boolean nanoseconds() {
        return format.nanoseconds();
    }

    @Override
    public void close() throws IOException {
        in.stream.close();
    }

    private static String reason(IOException e) {
        return e instanceof ZipException || e instanceof java.io.EOFException
                ? "the gzip data is damaged or cut off"
                : String.valueOf(e.getMessage());
    }

    private static void closeQuietly(@Nullable Closeable stream) {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException ignored) {
                // The error that led here says more than this one.
            }
        }
    }

    /// A file format: reads one packet after the other.
    interface Format {
        /// Reads the next packet; false at the end of the file.
        boolean read(Input in, Packet packet) throws IOException, LoadException;

        int linkType();

        boolean nanoseconds();

        static Format detect(Input in) throws IOException, LoadException {
            byte[] magic = new byte[4];
            int got = in.stream.readNBytes(magic, 0, 4);
            if (got == 0) {
                throw new LoadException(in.name + ": is empty; give a pcap or pcapng file");
            }
            int value = got < 4 ? 0 : Input.int32(magic, 0, ByteOrder.BIG_ENDIAN);
            return switch (value) {
                case 0xA1B2C3D4 -> PcapFormat.open(in, ByteOrder.BIG_ENDIAN, false);
                case 0xD4C3B2A1 -> PcapFormat.open(in, ByteOrder.LITTLE_ENDIAN, false);
                case 0xA1B23C4D -> PcapFormat.open(in, ByteOrder.BIG_ENDIAN, true);
                case 0x4D3CB2A1 -> PcapFormat.open(in, ByteOrder.LITTLE_ENDIAN, true);
                case PcapngFormat.SECTION -> PcapngFormat.open(in);
                default ->
                        throw new LoadException(
                                in.name + ": is not a capture (no pcap or pcapng magic number)");
            };
        }
    }

    /// Counts the bytes taken from the file, for progress.
    private static final class Counting extends java.io.FilterInputStream {
        long bytes;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                bytes++;
            }
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int got = super.read(into, from, length);
            if (got > 0) {
                bytes += got;
            }
            return got;
        }
    }

    /// The bytes of a capture, with reads that say what they were for when the file ends early.
    static final class Input {
        final String name;
        final InputStream stream;
        private final Counting counting;
        private long position = 4;

        private Input(String name, InputStream stream, Counting counting) {
            this.name = name;
            this.stream = stream;
            this.counting = counting;
        }

        /// Fills `length` bytes, or returns false if the file ends exactly here.
        boolean fillOrEnd(byte[] into, int length, String what) throws IOException, LoadException {
            int got = stream.readNBytes(into, 0, length);
            position += got;
            if (got == 0 && length > 0) {
                return false;
            }
            if (got < length) {
                throw cut(what, length, got);
            }
            return true;
        }

        void fill(byte[] into, int from, int length, String what)
                throws IOException, LoadException {
            int got = stream.readNBytes(into, from, length);
            position += got;
            if (got < length) {
                throw cut(what, length, got);
            }
        }

        void skip(long length, String what) throws IOException, LoadException {
            long left = length;
            byte[] waste = new byte[(int) Math.min(left, 1 << 13)];
            while (left > 0) {
                int part = (int) Math.min(left, waste.length);
                fill(waste, 0, part, what);
                left -= part;
            }
        }

        LoadException bad(String what) {
            return new LoadException("%s: byte %d: %s".formatted(name, position, what));
        }

        private LoadException cut(String what, int wanted, int got) {
            return new LoadException(
                    "%s: byte %d: the file ends in the middle of %s (%d of %d bytes); capture it again or cut it there"
                            .formatted(name, position, what, got, wanted));
        }

        static int int32(byte[] b, int at, ByteOrder order) {
            int v =
                    (b[at] & 0xFF) << 24
                            | (b[at + 1] & 0xFF) << 16
                            | (b[at + 2] & 0xFF) << 8
                            | (b[at + 3] & 0xFF);
            return order == ByteOrder.BIG_ENDIAN ? v : Integer.reverseBytes(v);
        }

        static int int16(byte[] b, int at, ByteOrder order) {
            int v = (b[at] & 0xFF) << 8 | (b[at + 1] & 0xFF);
            return order == ByteOrder.BIG_ENDIAN
                    ? v
                    : Short.toUnsignedInt(Short.reverseBytes((short) v));
        }
    }
}
