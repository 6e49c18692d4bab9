package bpf4j.vm.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.LoadException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

class CaptureTest {
    @TempDir Path folder;

    private static byte[] pcap(ByteOrder order, boolean nanos, byte[]... packets) {
        ByteBuffer b = ByteBuffer.allocate(1 << 16).order(order);
        b.putInt(nanos ? 0xA1B23C4D : 0xA1B2C3D4).putShort((short) 2).putShort((short) 4);
        b.putLong(0).putInt(65535).putInt(1);
        for (byte[] packet : packets) {
            b.putInt(1700000000)
                    .putInt(7)
                    .putInt(packet.length)
                    .putInt(packet.length + 3)
                    .put(packet);
        }
        return Arrays.copyOf(b.array(), b.position());
    }

    private static byte[] pcapng(ByteOrder order, byte[] packet) {
        int padded = packet.length + 3 & ~3;
        ByteBuffer b = ByteBuffer.allocate(1 << 16).order(order);
        b.putInt(0x0A0D0D0A).putInt(28).putInt(0x1A2B3C4D).putInt(1).putLong(-1).putInt(28);
        b.putInt(1).putInt(32).putShort((short) 1).putShort((short) 0).putInt(0);
        b.putShort((short) 9)
                .putShort((short) 1)
                .put((byte) 9)
                .put(new byte[3])
                .putInt(0)
                .putInt(32);
        b.putInt(5).putInt(12).putInt(12);
        b.putInt(6).putInt(32 + padded).putInt(0).putInt(1).putInt(2);
        b.putInt(packet.length)
                .putInt(packet.length)
                .put(packet)
                .put(new byte[padded - packet.length]);
        b.putInt(32 + padded);
        b.putInt(3).putInt(16 + padded).putInt(packet.length).put(packet);
        b.put(new byte[padded - packet.length]).putInt(16 + padded);
        return Arrays.copyOf(b.array(), b.position());
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("a.pcap"), bytes);
    }

    private static byte[] bytes(Packet packet) {
        return Arrays.copyOf(packet.bytes(), packet.length());
    }

    @Test
    void bothByteOrdersAndResolutionsAreRead() throws Exception {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            for (boolean nanos : new boolean[] {false, true}) {
                try (var reader =
                        CaptureReader.open(file(pcap(order, nanos, new byte[] {1, 2, 3})))) {
                    Packet packet = assertNotNull2(reader.next());
                    assertArrayEquals(new byte[] {1, 2, 3}, bytes(packet));
                    assertEquals(6, packet.originalLength());
                    assertEquals(1_700_000_000_000_000_000L + (nanos ? 7 : 7000), packet.nanos());
                    assertNull(reader.next());
                    assertEquals(1, reader.linkType());
                }
            }
        }
    }

    private static Packet assertNotNull2(@org.jspecify.annotations.Nullable Packet packet) {
        assertNotNull(packet);
        return packet;
    }

    @Test
    void pcapngOfBothByteOrdersIsRead() throws Exception {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            try (var reader = CaptureReader.open(file(pcapng(order, new byte[] {1, 2, 3, 4, 5})))) {
                Packet packet = assertNotNull2(reader.next());
                assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, bytes(packet));
                assertEquals((1L << 32) + 2, packet.nanos());
                assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, bytes(assertNotNull2(reader.next())));
                assertNull(reader.next());
            }
        }
    }

    @Test
    void gzipIsReadAsIfPlain() throws Exception {
        Path file = folder.resolve("a.pcap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(pcap(ByteOrder.LITTLE_ENDIAN, false, new byte[100]));
        }
        try (var reader = CaptureReader.open(file)) {
            assertEquals(100, assertNotNull2(reader.next()).length());
        }
    }

    @Test
    void aCaptureCutInAPacketNamesThePlace() throws Exception {
        byte[] whole = pcap(ByteOrder.LITTLE_ENDIAN, false, new byte[10], new byte[10]);
        try (var reader = CaptureReader.open(file(Arrays.copyOf(whole, whole.length - 4)))) {
            assertNotNull2(reader.next());
            var e = assertThrows(LoadException.class, reader::next);
            assertTrue(
                    e.getMessage()
                            .contains("byte 72: the file ends in the middle of a packet (6 of 10"),
                    e.getMessage());
        }
    }

    @Test
    void whatIsNotACaptureIsRefused() throws Exception {
        for (String text : new String[] {"", "abc", "hello, world, this is text"}) {
            Path file = Files.writeString(folder.resolve("t.txt"), text);
            assertThrows(LoadException.class, () -> CaptureReader.open(file));
        }
        assertThrows(LoadException.class, () -> CaptureReader.open(folder));
        assertThrows(LoadException.class, () -> CaptureReader.open(folder.resolve("none")));
    }

    @Test
    void damagedCapturesGiveNothingButLoadExceptions() throws Exception {
        Random random = new Random(7);
        byte[][] seeds = {
            pcap(ByteOrder.LITTLE_ENDIAN, false, new byte[40], new byte[9]),
            pcapng(ByteOrder.BIG_ENDIAN, new byte[33]),
            pcapng(ByteOrder.LITTLE_ENDIAN, new byte[33])
        };
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = seeds[i % seeds.length].clone();
            for (int change = 0; change < 1 + i % 4; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try (var reader = CaptureReader.open(file(bytes))) {
                while (reader.next() != null) {
                    // Reading to the end is the test.
                }
            } catch (LoadException e) {
                refused++;
            }
        }
        assertTrue(refused > 100, "only " + refused + " were refused");
    }

    @Test
    void whatWasWrittenIsReadBack() throws Exception {
        Path out = folder.resolve("out.pcap");
        try (var reader =
                        CaptureReader.open(
                                file(pcap(ByteOrder.BIG_ENDIAN, true, new byte[] {1, 2, 3})));
                var writer = CaptureWriter.create(out, true, false)) {
            Packet packet = assertNotNull2(reader.next());
            writer.write(packet.header(), new byte[] {9, 8, 7, 6, 5}, 1, 3);
            assertFalse(Files.exists(out), "appears only when finished");
            writer.finish(1);
        }
        try (var reader = CaptureReader.open(out)) {
            Packet packet = assertNotNull2(reader.next());
            assertArrayEquals(new byte[] {8, 7, 6}, bytes(packet));
            assertEquals(1_700_000_000_000_000_007L, packet.nanos());
            assertEquals(6, packet.originalLength());
        }
        assertThrows(LoadException.class, () -> CaptureWriter.create(out, true, false));
        try (var files = Files.list(folder)) {
            assertFalse(files.anyMatch(f -> f.toString().endsWith(".part")));
        }
    }
}
