package bpf4j.vm.capture;

import bpf4j.spec.LoadException;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A pcap file that is written packet by packet. The file appears under its name only when
/// [#finish] was called: an error or an interruption leaves what was there before.
public final class CaptureWriter implements Closeable {
    private final Path file;
    private final Path unfinished;
    private final OutputStream out;
    private final boolean nanoseconds;
    private final ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    private int linkType = -1;
    private boolean finished;

    private CaptureWriter(Path file, Path unfinished, OutputStream out, boolean nanoseconds) {
        this.file = file;
        this.unfinished = unfinished;
        this.out = out;
        this.nanoseconds = nanoseconds;
    }

    /// Begins a capture beside its final place.
    ///
    /// @param replace whether a file of that name may be replaced
    /// @throws LoadException when the place cannot be written or is taken
    public static CaptureWriter create(Path file, boolean nanoseconds, boolean replace)
            throws LoadException {
        if (Files.isDirectory(file)) {
            throw new LoadException(file + ": is a directory; name a file to write");
        }
        if (!replace && Files.exists(file)) {
            throw new LoadException(file + ": exists already; choose another name or say --force");
        }
        Path folder = file.toAbsolutePath().getParent();
        try {
            if (folder == null || !Files.isDirectory(folder)) {
                throw new LoadException(file + ": cannot be written: there is no folder " + folder);
            }
            Path unfinished =
                    folder.resolve(
                            ".%s.%d.part"
                                    .formatted(file.getFileName(), ProcessHandle.current().pid()));
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16);
            return new CaptureWriter(file, unfinished, out, nanoseconds);
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /// Appends a packet: `length` bytes of `bytes` from `from` on, with the times and link type of
    /// the
    /// packet that it was.
    public void write(Packet.Header was, byte[] bytes, int from, int length) throws LoadException {
        try {
            if (linkType < 0) {
                begin(was.linkType());
            } else if (linkType != was.linkType()) {
                throw new LoadException(
                        "%s: a pcap file holds one link type, the capture has %d and %d"
                                .formatted(file, linkType, was.linkType()));
            }
            long fraction = Math.floorMod(was.nanos(), 1_000_000_000L);
            header.clear();
            header.putInt((int) Math.floorDiv(was.nanos(), 1_000_000_000L));
            header.putInt((int) (nanoseconds ? fraction : fraction / 1000));
            header.putInt(length).putInt(length + was.cut());
            out.write(header.array(), 0, 16);
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void begin(int link) throws IOException {
        linkType = link;
        header.clear();
        header.putInt(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4);
        header.putInt(0).putInt(0).putInt(CaptureReader.MAX_PACKET).putInt(link);
        out.write(header.array(), 0, 24);
    }

    /// Completes the file and gives it its name.
    ///
    /// @param emptyLinkType the link type to note when no packet was written
    public void finish(int emptyLinkType) throws LoadException {
        try {
            if (linkType < 0) {
                begin(Math.max(emptyLinkType, 1));
            }
            out.close();
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
            finished = true;
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!finished) {
            out.close();
            Files.deleteIfExists(unfinished);
        }
    }
}
