package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.isa.Code;
import bpf4j.isa.Disassembler;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.fuzz.Finding;
import bpf4j.testkit.fuzz.Trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A finding as a case file.
final class FindingCase {
    private static final HexFormat HEX = HexFormat.of();

    private FindingCase() {}

    static String text(Finding finding) {
        return Disassembler.source(finding.trial().spec());
    }

    /// The number of instructions.
    static int instructions(Code code) {
        int count = 0;
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            count++;
        }
        return count;
    }

    static ObjectNode json(Finding finding) {
        Trial trial = finding.trial();
        ProgramSpec spec = trial.spec();
        ObjectNode json;
        try {
            json = CaseWriter.json(withoutPrograms(spec));
        } catch (LoadException e) {
            throw new AssertionError(e);
        }
        json.put("name", finding.check().name().toLowerCase(Locale.ROOT));
        json.put("comment", trial.name() + ": " + finding.text());
        for (int i = 0; i < spec.maps().size(); i++) {
            ObjectNode map = (ObjectNode) json.get("maps").get(i);
            map.put("dump", true);
            programs(spec.maps().get(i), map, json);
        }
        types(spec, json);
        ArrayNode runs = json.putArray("runs");
        for (byte[] input : trial.packets()) {
            ObjectNode run = runs.addObject();
            if (trial.isContext()) {
                run.put("ctx", HEX.formatHex(input));
            } else {
                run.put("data", HEX.formatHex(input));
            }
        }
        return json;
    }

    /// A program array of a trial holds the program itself.
    private static void programs(MapSpec spec, ObjectNode map, ObjectNode json) {
        for (MapSpec.Entry entry : spec.initial()) {
            if (entry.content() instanceof Content.ProgramRef) {
                ObjectNode program =
                        map.withArray("progs")
                                .addObject()
                                .put("key", HEX.formatHex(entry.key()))
                                .put("insns", json.get("insns").asText());
                JsonNode references = json.get("map_refs");
                if (references != null) {
                    program.set("map_refs", references);
                }
            }
        }
    }

    private static ProgramSpec withoutPrograms(ProgramSpec spec) {
        List<MapSpec> maps =
                spec.maps().stream()
                        .map(
                                map ->
                                        map.withInitial(
                                                map.initial().stream()
                                                        .filter(FindingCase::isData)
                                                        .toList()))
                        .toList();
        return new ProgramSpec(
                spec.name(),
                spec.section(),
                spec.type(),
                spec.license(),
                spec.code(),
                maps,
                spec.externs(),
                spec.btf(),
                spec.functions(),
                spec.lines(),
                spec.flags());
    }

    private static boolean isData(MapSpec.Entry entry) {
        return !(entry.content() instanceof Content.ProgramRef);
    }

    private static void types(ProgramSpec spec, ObjectNode json) {
        Btf btf = spec.btf();
        boolean typed = spec.functions().stream().allMatch(function -> function.type() != 0);
        if (btf == null || spec.functions().isEmpty() || !typed) {
            return;
        }
        ByteBuffer records =
                ByteBuffer.allocate(8 * spec.functions().size()).order(ByteOrder.LITTLE_ENDIAN);
        spec.functions().forEach(f -> records.putInt(f.pc()).putInt(f.type()));
        json.put("btf", HEX.formatHex(btf.encode(ByteOrder.LITTLE_ENDIAN)));
        json.put("func_info", HEX.formatHex(records.array()));
    }
}
