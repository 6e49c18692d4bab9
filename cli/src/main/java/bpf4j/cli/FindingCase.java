package bpf4j.cli;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Disassembler;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.MapSpec;
import bpf4j.testkit.fuzz.Finding;
import bpf4j.testkit.fuzz.Trial;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.ByteOrder;
import java.util.HexFormat;

/// A finding as a case file.
final class FindingCase {
    private FindingCase() {}

    static String text(Finding finding) {
        return Disassembler.source(finding.trial().spec());
    }

    static ObjectNode json(Finding finding) {
        Trial trial = finding.trial();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", finding.check().name().toLowerCase(java.util.Locale.ROOT));
        json.put("comment", trial.name() + ": " + finding.text());
        json.put("prog_type", trial.type().name());
        json.put(
                "insns",
                HexFormat.of().formatHex(Codec.encode(trial.code(), ByteOrder.LITTLE_ENDIAN)));
        ArrayNode maps = json.putArray("maps");
        for (MapSpec map : trial.maps()) {
            maps.addObject()
                    .put("name", map.name())
                    .put("type", map.type().label())
                    .put("key_size", map.keySize())
                    .put("value_size", map.valueSize())
                    .put("max_entries", map.maxEntries())
                    .put("dump", true);
        }
        ArrayNode references = json.putArray("map_refs");
        Code code = trial.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.LoadImm64 load && load.kind() == WideKind.MAP) {
                references.addObject().put("insn", pc).put("map", load.imm());
            }
        }
        ArrayNode runs = json.putArray("runs");
        for (byte[] packet : trial.packets()) {
            runs.addObject().put("data", HexFormat.of().formatHex(packet));
        }
        return json;
    }
}
