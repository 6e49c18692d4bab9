package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.btf.BtfRenderer;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

final class ObjectSpecTest {
    private static String refusal(org.junit.jupiter.api.function.Executable action) {
        return String.valueOf(assertThrows(LoadException.class, action).getMessage());
    }

    private static String rendered(MapSpec map) {
        byte[] value = ((MapSpec.Content.Bytes) map.initial().getFirst().content()).value();
        return new BtfRenderer(Objects.requireNonNull(map.btf()), ByteOrder.LITTLE_ENDIAN)
                .text(map.valueType(), value);
    }

    @Test
    void everyAttributeOfMapsIsRead() throws LoadException {
        ObjectSpec object = TestObjects.load("maps");
        MapSpec flows = object.map("flows");
        assertEquals(MapType.HASH, flows.type());
        assertEquals(16, flows.keySize());
        assertEquals(16, flows.valueSize());
        assertEquals(1024, flows.maxEntries());
        assertEquals(1, flows.flags());
        assertEquals("key", Objects.requireNonNull(flows.btf()).name(flows.keyType()));
        assertEquals(8192, object.map("events").maxEntries());
        assertEquals(3, object.map("seen").extra());
        assertEquals(0, object.map("queue").keySize());
        assertEquals(
                List.of("flows", "counters", "queue", "seen", "events", "perf", "routes"),
                object.maps().stream().map(MapSpec::name).toList());
    }

    @Test
    void mapsOfMapsAndProgramArraysKeepTheirInitialEntries() throws LoadException {
        ObjectSpec object = TestObjects.load("nested_maps");
        MapSpec outer = object.map("outer");
        assertEquals(MapType.ARRAY, Objects.requireNonNull(outer.inner()).type());
        assertEquals(2, outer.initial().size());
        assertArrayEquals(new byte[] {2, 0, 0, 0}, outer.initial().get(1).key());
        assertEquals(new MapSpec.Content.MapRef("inner_two"), outer.initial().get(1).content());
        MapSpec jumps = object.map("jumps");
        assertEquals(
                List.of(
                        new MapSpec.Content.ProgramRef("second"),
                        new MapSpec.Content.ProgramRef("first")),
                jumps.initial().stream().map(MapSpec.Entry::content).toList());
        assertArrayEquals(new byte[] {4, 0, 0, 0}, jumps.initial().get(1).key());
    }

    @Test
    void legacyMapsOfBothVariantsAreRead() throws LoadException {
        ObjectSpec object = TestObjects.load("legacy");
        assertEquals(256, object.map("hosts").maxEntries());
        assertEquals(1, object.map("hosts").flags());
        assertEquals(
                "visits",
                Objects.requireNonNull(object.map("hosts").btf())
                        .name(object.map("hosts").valueType()));
        assertEquals("hosts", Objects.requireNonNull(object.map("outer").inner()).name());
        ObjectSpec iproute2 = TestObjects.load("legacy_iproute2");
        assertEquals("inside", Objects.requireNonNull(iproute2.map("around").inner()).name());
        assertEquals(2, iproute2.map("around").pinning());
        assertEquals(1, iproute2.programs().size());
    }

    @Test
    void subprogramsFollowWhereTheyAreFirstCalled() throws LoadException {
        ObjectSpec object = TestObjects.load("calls");
        ProgramSpec first = object.link("first");
        assertEquals(
                List.of("first", "leaf", "shared"),
                first.functions().stream().map(ProgramSpec.Function::name).toList());
        ProgramSpec second = object.link("second");
        assertEquals("each", second.functions().get(1).name());
        boolean callback = false;
        for (int pc = 0; pc < second.code().size(); pc = second.code().next(pc)) {
            if (second.code().at(pc) instanceof Insn.LoadImm64 load
                    && load.kind() == WideKind.FUNC) {
                assertEquals(second.functions().get(1).pc(), pc + 1 + load.imm());
                callback = true;
            }
        }
        assertTrue(callback);
        ProgramSpec.Line line = Objects.requireNonNull(second.lineAt(0));
        assertTrue(line.file().endsWith("calls.bpf.c"), line.file());
        assertEquals("int second(struct xdp_md *ctx)", line.text().strip());
    }

    @Test
    void globalVariablesAreInMapsNamedAsLibbpfNamesThem() throws LoadException {
        ObjectSpec object = TestObjects.load("globals");
        assertEquals(
                List.of(
                        "globals.rodata",
                        "globals.data",
                        ".data.special",
                        ".rodata.fixed",
                        "globals.bss",
                        ".bss.later"),
                object.maps().stream().map(MapSpec::name).toList());
        assertTrue(object.map("globals.rodata").frozen());
        assertTrue(object.map(".rodata.fixed").frozen());
        assertEquals(false, object.map("globals.data").frozen());
        assertTrue(
                rendered(object.map("globals.rodata"))
                        .contains(
                                "config = {port = 80, peer = 0.0.0.0, mode = MODE_COUNT, low = 0"),
                rendered(object.map("globals.rodata")));
    }

    @Test
    void variablesAreSetByNameThroughTheirTypes() throws LoadException {
        ObjectSpec object =
                TestObjects.load("globals")
                        .withVariable("level", 9)
                        .withVariable("interface", "wlan0")
                        .withVariable("config.peer", "10.9.8.7")
                        .withVariable("config.mode", "MODE_DROP")
                        .withVariable("config.high", -7)
                        .withVariable("config.limits[1]", "0x100")
                        .withVariable("config.mac", "02:00:00:00:00:01")
                        .withVariable("offsets", "{5, -6}")
                        .withVariable("enabled", "false")
                        .withVariable("total", Long.MIN_VALUE);
        String constants = rendered(object.map("globals.rodata"));
        assertTrue(constants.contains("level = 9"), constants);
        assertTrue(constants.contains("interface = \"wlan0\""), constants);
        assertTrue(
                constants.contains(
                        "config = {port = 80, peer = 10.9.8.7, mode = MODE_DROP, low = 0, high ="
                                + " -7, name = \"web\", mac = 02:00:00:00:00:01, limits = [0, 256,"
                                + " 0]}"),
                constants);
        String data = rendered(object.map("globals.data"));
        assertTrue(data.contains("offsets = [5, -6, 0, 0]"), data);
        assertTrue(data.contains("enabled = false"), data);
        assertTrue(rendered(object.map("globals.bss")).contains("total = -9223372036854775808"));
    }

    @Test
    void valuesThatDoNotFitAreRefused() throws LoadException {
        ObjectSpec object = TestObjects.load("globals");
        assertEquals(
                "'level' cannot be set to '3000000000': does not fit into 32 bits signed",
                refusal(() -> object.withVariable("level", "3000000000")));
        assertTrue(
                refusal(() -> object.withVariable("config.mode", "MODE_NONE"))
                        .contains("is none of MODE_OFF, MODE_COUNT, MODE_DROP"));
        assertEquals(
                "struct 'config' has no member 'ports'",
                refusal(() -> object.withVariable("config.ports", 1)));
        assertTrue(
                refusal(() -> object.withVariable("nothing", 1))
                        .startsWith("the object has no variable 'nothing'; it has "));
        assertTrue(
                refusal(() -> object.withVariable("offsets[4]", 1))
                        .contains("lies outside an array of 4 elements"));
    }

    @Test
    void mapsAndProgramsAreChangedInCopies() throws LoadException {
        ObjectSpec object = TestObjects.load("maps");
        ObjectSpec larger = object.withMaxEntries("flows", 5);
        assertEquals(1024, object.map("flows").maxEntries());
        assertEquals(5, larger.map("flows").maxEntries());
        assertEquals(5, larger.programs().getFirst().maps().getFirst().maxEntries());
        ObjectSpec calls = TestObjects.load("calls").withPrograms(List.of("third"));
        assertEquals(List.of("third"), calls.programs().stream().map(ProgramSpec::name).toList());
        assertTrue(
                refusal(() -> object.withPrograms(List.of("nope")))
                        .startsWith("the object has no program 'nope'; it has count"));
    }

    @Test
    void sectionNamesGiveTypesAndFlags() throws LoadException {
        ObjectSpec object = TestObjects.load("sections");
        StringBuilder text = new StringBuilder();
        for (Program program : object.declared()) {
            var type = Objects.requireNonNull(program.type(), program.name());
            text.append(program.name()).append(' ').append(type.name()).append(' ');
            text.append(type.attachType()).append(program.wanted() ? "\n" : " off\n");
        }
        for (String line :
                List.of(
                        "p_xdp xdp 37",
                        "p_devmap xdp 33",
                        "p_tcx sched_cls 46",
                        "p_action sched_act 0",
                        "p_socket socket_filter 0",
                        "p_connect4 cgroup_sock_addr 10",
                        "p_tracepoint tracepoint 0",
                        "p_raw raw_tracepoint 0",
                        "p_reuseport sk_reuseport 40",
                        "p_optional xdp 37 off")) {
            assertTrue(text.toString().contains(line + "\n"), line + " in\n" + text);
        }
        assertEquals(34, object.declared().size());
        assertEquals(33, object.programs().size());
        assertTrue(object.link("p_xdp_frags").flags().contains(ProgramSpec.Flag.XDP_HAS_FRAGS));
        assertTrue(object.link("p_uprobe").flags().contains(ProgramSpec.Flag.SLEEPABLE));
        assertEquals(0x60c00, object.kernelVersion());
        assertEquals("GPL", object.license());
    }

    @Test
    void whatNeedsAKernelIsNamed() throws LoadException {
        ObjectSpec object = TestObjects.load("unsupported");
        assertEquals(List.of("plain"), object.programs().stream().map(ProgramSpec::name).toList());
        assertEquals(2, object.unsupported().size());
        assertTrue(object.unsupported().getFirst().contains("freplace"));
        assertTrue(refusal(() -> object.link("init")).contains("struct_ops"));
        assertTrue(
                refusal(() -> TestObjects.load("ksyms_strong").link("strong"))
                        .contains("needs the kernel symbol 'bpf4j_no_such_variable'"));
        assertNotNull(TestObjects.load("ksyms_strong").link("fine"));
    }

    @Test
    void weakSymbolsThatDoNotExistAreZero() throws LoadException {
        ProgramSpec weak = TestObjects.load("ksyms").link("weak");
        for (int pc = 0; pc < weak.code().size(); pc = weak.code().next(pc)) {
            if (weak.code().at(pc) instanceof Insn.LoadImm64 load) {
                assertEquals(WideKind.CONST, load.kind());
                assertEquals(0, load.value());
            }
        }
        ProgramSpec known =
                TestObjects.load("ksyms")
                        .withKernelFunctions(java.util.Set.of("bpf4j_no_such_function"))
                        .link("weak");
        assertEquals(List.of("bpf4j_no_such_function"), known.externs());
    }

    @Test
    void configurationValuesAreKnownOrGiven() throws LoadException {
        ObjectSpec object = TestObjects.load("kconfig").withConfig("CONFIG_HZ", "1000");
        MapSpec config = object.map("kconfig.kconfig");
        assertTrue(config.frozen());
        assertEquals(1, object.programs().size());
        byte[] value = ((MapSpec.Content.Bytes) config.initial().getFirst().content()).value();
        assertEquals(29, value.length);
        assertEquals(
                1000, java.nio.ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt(8));
    }

    @Test
    void bigEndianObjectsLinkToTheSameInstructions() throws LoadException {
        for (String name : List.of("calls", "globals", "maps")) {
            ObjectSpec little = TestObjects.load(name);
            ObjectSpec big = TestObjects.load(name + "_be");
            assertEquals(ByteOrder.BIG_ENDIAN, big.order());
            for (Program program : little.declared()) {
                ProgramSpec one = little.link(program.name());
                ProgramSpec two = big.link(program.name());
                assertEquals(one.functions(), two.functions());
                if (!name.equals("globals")) {
                    assertEquals(one.code(), two.code());
                }
            }
        }
    }

    @Test
    void filesThatAreNoObjectsGiveOneLine() {
        assertEquals("the file is empty", refusal(() -> ObjectSpec.parse(new byte[0], "x")));
        assertTrue(
                refusal(() -> ObjectSpec.parse("int main;\n".getBytes(), "x"))
                        .startsWith("not an ELF object but text"));
        assertTrue(
                refusal(() -> ObjectSpec.load(TestObjects.path("missing")))
                        .endsWith("no such file"));
        byte[] other = new byte[64];
        other[0] = 0x7F;
        other[1] = 'E';
        other[2] = 'L';
        other[3] = 'F';
        other[4] = 2;
        other[5] = 1;
        other[16] = 1;
        other[18] = 62;
        assertEquals(
                "the object is for x86-64, not for BPF; compile with clang -target bpf",
                refusal(() -> ObjectSpec.parse(other, "x")));
        other[18] = (byte) 247;
        other[16] = 2;
        assertEquals(
                "the object is an executable, not relocatable; compile with -c",
                refusal(() -> ObjectSpec.parse(other, "x")));
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        byte[] whole = TestObjects.bytes("calls");
        for (int length = 0; length < whole.length; length += 37) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThrows(LoadException.class, () -> ObjectSpec.parse(cut, "cut"));
        }
    }

    @Test
    void typesOfOddSectionsComeFromTheContext() throws LoadException {
        ObjectSpec object = TestObjects.load("legacy");
        Program lookup = object.declared().getFirst();
        assertEquals("xdp", Objects.requireNonNull(lookup.type()).name());
        assertEquals("section", lookup.typeSource());
        assertNull(lookup.unsupported());
    }
}
