package bpf4j.cli;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A program as the JSON object of a case file (`docs/cases.md`), without runs and expectations.
final class CaseWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode root = JSON.createObjectNode();
    private final ArrayNode maps = JSON.createArrayNode();
    private final List<MapSpec> specs;

    private CaseWriter(List<MapSpec> specs) {
        this.specs = new ArrayList<>(specs);
    }

    static ObjectNode json(ProgramSpec program) throws LoadException {
        return new CaseWriter(program.maps()).write(program);
    }

    private ObjectNode write(ProgramSpec program) throws LoadException {
        root.put("name", program.name());
        if (program.type().number() >= 0) {
            root.put("prog_type", program.type().number());
        }
        if (program.type().attachType() != 0) {
            root.put("expected_attach_type", program.type().attachType());
        }
        root.put("license", program.license());
        byte[] bytes = Codec.encode(program.code(), ByteOrder.LITTLE_ENDIAN);
        root.put("insns", HexFormat.of().formatHex(bytes));
        int declared = specs.size();
        for (int i = 0; i < specs.size(); i++) {
            maps.add(map(specs.get(i)));
        }
        if (!maps.isEmpty()) {
            root.set("maps", maps);
            references(program.code(), declared);
        }
        return root;
    }

    private ObjectNode map(MapSpec map) throws LoadException {
        ObjectNode json = JSON.createObjectNode();
        json.put("name", map.name());
        json.put("type", map.type().label());
        json.put("key_size", Integer.toUnsignedLong(map.keySize()));
        json.put("value_size", Integer.toUnsignedLong(map.valueSize()));
        json.put("max_entries", Integer.toUnsignedLong(map.maxEntries()));
        json.put("flags", Integer.toUnsignedLong(map.flags()));
        MapSpec inner = map.inner();
        if (inner != null) {
            json.put("inner", template(inner));
        }
        if (map.frozen()) {
            json.put("freeze", true);
        }
        ArrayNode entries = JSON.createArrayNode();
        for (MapSpec.Entry entry : map.initial()) {
            ObjectNode node = entries.addObject();
            node.put("key", HexFormat.of().formatHex(entry.key()));
            switch (entry.content()) {
                case MapSpec.Content.Bytes bytes ->
                        node.put("value", HexFormat.of().formatHex(bytes.value()));
                case MapSpec.Content.MapRef ref -> node.put("map", index(ref.map()));
                case MapSpec.Content.ProgramRef ref ->
                        throw new LoadException(
                                "map '"
                                        + map.name()
                                        + "': a case file cannot refer to program '"
                                        + ref.program()
                                        + "'");
            }
        }
        if (!entries.isEmpty()) {
            json.set("init", entries);
        }
        return json;
    }

    /// The index of a template, which becomes a map of the case of its own.
    private int template(MapSpec inner) {
        int known = specs.indexOf(inner);
        if (known < 0) {
            specs.add(inner);
            return specs.size() - 1;
        }
        return known;
    }

    private int index(String name) throws LoadException {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new LoadException("no map is named '" + name + "'");
    }

    private void references(Code code, int declared) {
        ArrayNode references = root.putArray("map_refs");
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            boolean refers =
                    code.at(pc) instanceof Insn.LoadImm64 load
                            && (load.kind() == WideKind.MAP || load.kind() == WideKind.MAP_VALUE)
                            && load.imm() >= 0
                            && load.imm() < declared;
            if (refers && code.at(pc) instanceof Insn.LoadImm64 load) {
                ObjectNode node = references.addObject().put("insn", pc).put("map", load.imm());
                if (load.kind() == WideKind.MAP_VALUE) {
                    node.put("value_off", load.imm2());
                }
            }
        }
    }
}
