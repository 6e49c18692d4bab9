package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Instructions after all relocations, map definitions and global data must be those that libbpf
/// makes of the same object. Set `-Dbpf4j.objects=FOLDER:FOLDER` to compare more objects.
final class LibbpfAgreementTest {
    private static final Path OBJECTS = Path.of("src/test/resources/objects");
    private static final Path VMLINUX = Path.of("/sys/kernel/btf/vmlinux");

    @TempDir private Path folder;

    @Test
    void linkedObjectsEqualThoseOfLibbpf() throws Exception {
        Libbpf libbpf = Libbpf.build(folder);
        assumeTrue(libbpf != null, "needs a C compiler and libbpf-dev");
        List<Path> objects = new ArrayList<>(objects(OBJECTS));
        objects.addAll(
                objects(Path.of(System.getProperty("bpf4j.root", "..")).resolve("examples")));
        for (String more : System.getProperty("bpf4j.objects", "").split(":", -1)) {
            if (!more.isEmpty()) {
                objects.addAll(objects(Path.of(more)));
            }
        }
        int compared = 0;
        int programs = 0;
        List<String> differences = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Path object : objects) {
            Object dump = libbpf.dump(object, Files.exists(VMLINUX) ? VMLINUX : null);
            if (dump instanceof Libbpf.Dump found) {
                compared++;
                programs += found.programs().size();
                compare(object, found, differences);
            } else {
                refused.add(object.getFileName() + ": " + dump);
            }
        }
        System.out.println(
                "libbpf: "
                        + compared
                        + " objects with "
                        + programs
                        + " programs compared, "
                        + differences.size()
                        + " differences, "
                        + refused.size()
                        + " that libbpf does not take");
        if (System.getProperty("bpf4j.objects") != null) {
            refused.forEach(System.out::println);
        }
        assumeTrue(compared > 0, () -> "libbpf takes none (no CAP_BPF?): " + refused.getFirst());
        assertEquals(List.of(), differences);
        assertTrue(compared >= 20, compared + " objects");
    }

    @Test
    void relocationsToOtherLayoutsEqualThoseOfLibbpf() throws Exception {
        Libbpf libbpf = Libbpf.build(folder);
        assumeTrue(libbpf != null, "needs a C compiler and libbpf-dev");
        for (String layout : List.of("moved", "removed", "nested")) {
            Path target = TestObjects.path("core_layout_" + layout);
            Object dump = libbpf.dump(TestObjects.path("core_reader"), target);
            assumeTrue(dump instanceof Libbpf.Dump, () -> "libbpf: " + dump);
            ObjectSpec spec =
                    TestObjects.load("core_reader")
                            .withTarget(Objects.requireNonNull(ObjectSpec.load(target).btf()));
            for (var program : ((Libbpf.Dump) dump).programs().entrySet()) {
                assertEquals(
                        program.getValue(),
                        hex(spec.linked(program.getKey()), spec.maps()),
                        layout + " " + program.getKey());
            }
        }
    }

    private static List<Path> objects(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".o")).sorted().toList();
        }
    }

    private static void compare(Path object, Libbpf.Dump expected, List<String> differences)
            throws IOException {
        String name = object.getFileName().toString();
        try {
            ObjectSpec spec = ObjectSpec.load(object);
            if (Files.exists(VMLINUX) && spec.hasRelocations()) {
                spec = spec.withTarget(VmlinuxHolder.TYPES);
            }
            if (Files.exists(VMLINUX)) {
                spec = spec.withKernelFunctions(VmlinuxHolder.FUNCTIONS);
            }
            spec = spec.withConfig("LINUX_KERNEL_VERSION", kernelVersion());
            List<MapSpec> maps = spec.maps();
            List<String> lines = maps.stream().map(LibbpfAgreementTest::line).toList();
            List<String> theirs = expected.maps().stream().filter(m -> !m.isEmpty()).toList();
            for (int i = 0; i < Math.max(lines.size(), theirs.size()); i++) {
                String ours = i < lines.size() ? lines.get(i) : "nothing";
                String other = i < theirs.size() ? theirs.get(i) : "nothing";
                if (!ours.equals(other)) {
                    differences.add(name + ": ours " + ours + " libbpf's " + other);
                }
            }
            TreeMap<String, String> programs = new TreeMap<>();
            for (Program program : spec.declared()) {
                programs.put(program.name(), hex(spec.linked(program.name()), maps));
            }
            for (var entry : expected.programs().entrySet()) {
                String ours = programs.get(entry.getKey());
                String other = withoutIds(HexFormat.of().parseHex(entry.getValue()));
                if (ours == null || !ours.equals(other)) {
                    differences.add(name + " " + entry.getKey() + ": " + difference(ours, other));
                }
            }
        } catch (LoadException e) {
            // Linux refuses these when they are loaded, in these words.
            if (!String.valueOf(e.getMessage()).contains("is not pointing to valid bpf_map")) {
                differences.add(name + ": " + e.getMessage());
            }
        }
    }

    private static String kernelVersion() {
        Matcher version =
                Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*")
                        .matcher(System.getProperty("os.version") + ".0.0");
        assertTrue(version.matches());
        int patch = Math.min(255, Integer.parseInt(version.group(3)));
        return Integer.toString(
                Integer.parseInt(version.group(1)) << 16
                        | Integer.parseInt(version.group(2)) << 8
                        | patch);
    }

    private static String line(MapSpec map) {
        StringBuilder line = new StringBuilder("map ");
        line.append(map.name()).append(' ').append(map.type().number());
        line.append(' ').append(map.keySize()).append(' ').append(map.valueSize());
        // libbpf asks for one entry for each CPU; our runtime does when it creates the map.
        boolean perCpu = map.type() == MapType.PERF_EVENT_ARRAY && map.maxEntries() == 0;
        int entries = perCpu ? Runtime.getRuntime().availableProcessors() : map.maxEntries();
        line.append(' ').append(Integer.toUnsignedString(entries));
        line.append(" 0x").append(Integer.toHexString(map.flags()));
        line.append(' ').append(Long.toUnsignedString(map.extra()));
        line.append(' ').append(map.keyType()).append(' ').append(map.valueType()).append(' ');
        if (map.name().contains(".") && map.valueSize() > 0) {
            byte[] value = new byte[map.valueSize()];
            if (!map.initial().isEmpty()
                    && map.initial().getFirst().content() instanceof MapSpec.Content.Bytes bytes) {
                value = bytes.value();
            }
            line.append(HexFormat.of().formatHex(value));
        } else {
            line.append('-');
        }
        return line.toString();
    }

    /// The instructions as little-endian bytes, maps by their index in the object.
    private static String hex(Linker.Linked linked, List<MapSpec> maps) {
        long[] slots = linked.slots().clone();
        for (int pc = 0; pc < slots.length; pc++) {
            if (Slot.isWide(slots[pc])) {
                int source = Slot.source(slots[pc]);
                if (source == Slot.PSEUDO_MAP || source == Slot.PSEUDO_MAP_VALUE) {
                    MapSpec map = linked.maps().get(Slot.imm(slots[pc]));
                    slots[pc] = Slot.withImm(slots[pc], maps.indexOf(map));
                }
                pc++;
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(slots.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(slots);
        return withoutIds(bytes.array());
    }

    /// Kernel functions and variables are named by numbers of the running kernel, or by ours.
    private static String withoutIds(byte[] bytes) {
        ByteBuffer code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.length; at += 8) {
            long slot = code.getLong(at);
            // libbpf before 1.3 leaves calls of kernel functions that do not exist.
            if (Slot.opcode(slot) == Slot.CALL
                    && Slot.source(slot) == 0
                    && Slot.imm(slot) >= Linker.POISON_KFUNC) {
                code.putLong(at, Slot.of(Slot.CALL, 0, Slot.PSEUDO_KFUNC, 0, 0));
            }
            boolean kfunc =
                    Slot.opcode(slot) == Slot.CALL && Slot.source(slot) == Slot.PSEUDO_KFUNC;
            if (kfunc || (Slot.isWide(slot) && Slot.source(slot) == Slot.PSEUDO_BTF_ID)) {
                code.putLong(at, Slot.withOffset(Slot.withImm(slot, 0), 0));
            }
        }
        return HexFormat.of().formatHex(bytes);
    }

    private static String difference(@Nullable String ours, String other) {
        if (ours == null) {
            return "not ours";
        }
        for (int at = 0; at < Math.min(ours.length(), other.length()); at += 16) {
            if (!ours.regionMatches(at, other, at, 16)) {
                return "slot "
                        + at / 16
                        + " ours "
                        + ours.substring(at, at + 16)
                        + " libbpf's "
                        + other.substring(at, at + 16);
            }
        }
        return ours.length() / 16 + " slots, libbpf's " + other.length() / 16;
    }

    /// The running kernel's types, read once.
    private static final class VmlinuxHolder {
        static final Btf TYPES = read();
        static final Set<String> FUNCTIONS =
                TYPES.types().stream()
                        .filter(BtfType.Func.class::isInstance)
                        .map(BtfType::label)
                        .collect(Collectors.toSet());

        private static Btf read() {
            try {
                return Btf.parse(Files.readAllBytes(VMLINUX));
            } catch (IOException | LoadException e) {
                throw new AssertionError(e);
            }
        }
    }
}
