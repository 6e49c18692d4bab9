package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Packets;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Programs that call helpers with good and bad arguments, run by the interpreter and by Linux: the
/// result, the packet and the arrays must be the same. Skipped, with the reason printed, where
/// Linux does not let this process load programs.
class HelpersAgainstLinuxTest {
    private static final Path PROGRAMS = Path.of("src/test/resources/helpers");

    @BeforeAll
    static void needsLinux() {
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            System.out.println("helpers against Linux: skipped, " + reason);
        }
        assumeTrue(reason == null);
    }

    /// A program and a packet.
    record Run(String name, Path program, byte[] packet) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Run> runs() throws Exception {
        List<Run> runs = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> found = Files.list(PROGRAMS)) {
            files = found.sorted().toList();
        }
        for (Path file : files) {
            for (TestPackets packet : TestPackets.values()) {
                String name = file.getFileName() + " on " + packet;
                runs.add(new Run(name, file, packet.bytes()));
            }
        }
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void interpreterAndLinuxAgree(Run run) throws Exception {
        ProgramSpec spec =
                Assembler.assemble(Files.readString(run.program), run.program.toString());
        assertEquals(inLinux(spec, run.packet), inInterpreter(spec, run.packet));
    }

    private static String inLinux(ProgramSpec spec, byte[] packet) throws Exception {
        List<KernelMap> maps = new ArrayList<>();
        try {
            for (MapSpec map : spec.maps()) {
                maps.add(KernelMap.create(map, null, null));
            }
            KernelProgram.Verdict verdict = KernelProgram.load(LoadRequest.of(spec, maps, null), 1);
            KernelProgram program = verdict.program();
            if (program == null) {
                return "refused: " + verdict.log();
            }
            try (program) {
                KernelProgram.Run result = program.run(packet, new byte[0], 1);
                StringBuilder text = new StringBuilder();
                text.append("errno ").append(result.errno());
                text.append(" retval ").append(result.retval());
                text.append(" data ").append(HexFormat.of().formatHex(result.data()));
                for (KernelMap map : maps) {
                    if (map.spec().type() == MapType.ARRAY) {
                        byte[] value = map.lookup(new byte[4]);
                        text.append('\n').append(map.spec().name()).append(' ');
                        text.append(value == null ? "none" : words(value));
                    }
                }
                return text.toString();
            }
        } finally {
            maps.forEach(KernelMap::close);
        }
    }

    private static String inInterpreter(ProgramSpec spec, byte[] packet) throws Exception {
        AddressSpace space = new AddressSpace(KernelMap.possibleCpus(), 1 << 26);
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        Execution execution = new Execution(space);
        byte[] copy = packet.clone();
        Packets.prepare(execution, spec.type(), copy);
        long result =
                Interpreter.load(
                                CheckedProgram.of(spec),
                                new Bindings(space, maps, LinuxHelpers.table()))
                        .run(execution);
        StringBuilder text = new StringBuilder();
        text.append("errno 0 retval ").append((int) result);
        // Linux gives the metadata with the packet.
        int start = execution.packetBase + execution.dataMeta;
        int end = execution.packetBase + execution.dataEnd;
        text.append(" data ").append(HexFormat.of().formatHex(execution.packet, start, end));
        for (BpfMap map : maps) {
            if (map.spec().type() == MapType.ARRAY) {
                long address = map.lookup(0, MemorySegment.ofArray(new byte[4]), 0);
                byte[] value =
                        map.values()
                                .asSlice(Address.offset(address), map.spec().valueSize())
                                .toArray(ValueLayout.JAVA_BYTE);
                text.append('\n').append(map.spec().name()).append(' ').append(words(value));
            }
        }
        return text.toString();
    }

    /// A value as 8-byte words, so that a difference is easy to find.
    private static String words(byte[] value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i + 8 <= value.length; i += 8) {
            long word = 0;
            for (int j = 7; j >= 0; j--) {
                word = word << 8 | (value[i + j] & 0xFF);
            }
            text.append('\n').append(i / 8).append(": ").append(Long.toHexString(word));
        }
        return text.toString();
    }
}
