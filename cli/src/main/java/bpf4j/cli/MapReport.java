package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfRenderer;
import bpf4j.btf.BtfValue;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.vm.MapView;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// What a map holds, rendered through its BTF types where it has them.
final class MapReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MapReport() {}

    /// An entry: a key and the values of all CPUs.
    private record Entry(BtfValue key, List<BtfValue> values) {}

    static void print(PrintWriter out, MapView map) {
        MapSpec spec = map.spec();
        out.printf(
                "%nmap %s (%s, %d of at most %d entries)%n",
                spec.name(), spec.type().label(), map.keys().size(), spec.maxEntries());
        int hidden = 0;
        for (Entry entry : entries(map)) {
            if (isArray(map) && entry.values.stream().allMatch(MapReport::isZero)) {
                hidden++;
                continue;
            }
            String key = entry.key.toString();
            if (entry.values.size() == 1) {
                out.printf("  %s: %s%n", key, entry.values.getFirst());
                continue;
            }
            out.printf("  %s:%n", key);
            for (int cpu = 0; cpu < entry.values.size(); cpu++) {
                if (!isZero(entry.values.get(cpu))) {
                    out.printf("    cpu %d: %s%n", cpu, entry.values.get(cpu));
                }
            }
        }
        if (hidden > 0) {
            out.printf("  (%d entries of zeros not shown)%n", hidden);
        }
    }

    static void put(ObjectNode node, MapView map) {
        node.put("name", map.name());
        node.put("type", map.spec().type().label());
        ArrayNode entries = node.putArray("entries");
        for (Entry entry : entries(map)) {
            ObjectNode json = entries.addObject();
            json.set("key", JSON.valueToTree(entry.key.plain()));
            if (map.spec().type().isPerCpu()) {
                json.set(
                        "values",
                        JSON.valueToTree(entry.values.stream().map(BtfValue::plain).toList()));
            } else {
                json.set("value", JSON.valueToTree(entry.values.getFirst().plain()));
            }
        }
    }

    private static List<Entry> entries(MapView map) {
        MapSpec spec = map.spec();
        List<Entry> entries = new ArrayList<>();
        for (byte[] key : map.keys()) {
            List<BtfValue> values = new ArrayList<>();
            for (byte[] value : map.lookupAll(key)) {
                values.add(read(spec, spec.valueType(), value));
            }
            if (!values.isEmpty()) {
                entries.add(new Entry(key(map, key), values));
            }
        }
        return entries;
    }

    /// Arrays of global variables have no type for their index.
    private static BtfValue key(MapView map, byte[] key) {
        return isArray(map) && map.spec().keyType() == 0
                ? new BtfValue.Number((int) Memory.INTS.get(key, 0) & 0xFFFF_FFFFL, true)
                : read(map.spec(), map.spec().keyType(), key);
    }

    private static BtfValue read(MapSpec spec, int type, byte[] bytes) {
        Btf btf = spec.btf();
        return btf == null || type == 0
                ? new BtfValue.Word(BtfRenderer.hex(bytes))
                : new BtfRenderer(btf, ByteOrder.LITTLE_ENDIAN).value(type, bytes);
    }

    private static boolean isArray(MapView map) {
        return map.spec().type() == MapType.ARRAY || map.spec().type() == MapType.PERCPU_ARRAY;
    }

    private static boolean isZero(BtfValue value) {
        return switch (value) {
            case BtfValue.Struct struct ->
                    struct.members().stream().allMatch(m -> isZero(m.value()));
            case BtfValue.Array array -> array.elements().stream().allMatch(MapReport::isZero);
            case BtfValue.Number number -> number.bits() == 0;
            case BtfValue.Wide wide -> wide.value().signum() == 0;
            case BtfValue.Truth truth -> !truth.value();
            case BtfValue.Real real -> real.value() == 0;
            case BtfValue.Text text -> text.text().isEmpty();
            case BtfValue.Word word -> word.text().chars().allMatch(c -> c == '0' || c == ' ');
        };
    }
}
