package bpf4j.cli;

import bpf4j.testkit.cases.CaseResult;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.HexFormat;
import java.util.Locale;

/// The JSON line of a case's result.
final class CaseReport {
    private CaseReport() {}

    static ObjectNode of(CaseResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", result.name());
        json.put("load", result.load().name().toLowerCase(Locale.ROOT));
        if (result.errno() != 0) {
            json.put("errno", bpf4j.runtime.Errno.name(result.errno()));
        }
        if (!result.error().isEmpty()) {
            json.put("error", result.error());
        }
        if (result.processed() >= 0) {
            json.put("processed", result.processed());
        }
        if (!result.log().isEmpty()) {
            json.put("log", result.log());
        }
        HexFormat hex = HexFormat.of();
        ArrayNode runs = json.putArray("runs");
        for (CaseResult.RunResult run : result.runs()) {
            ObjectNode node = runs.addObject();
            node.put("err", run.errno());
            if (!run.fault().isEmpty()) {
                node.put("fault", run.fault());
            }
            if (run.errno() == 0 && run.fault().isEmpty()) {
                node.put("retval", Integer.toUnsignedLong(run.retval()));
                node.put("r0", "0x%016x".formatted(run.r0()));
                node.put("duration_ns", run.nanos());
                node.put("out", hex.formatHex(run.data()));
                node.put("ctx_out", hex.formatHex(run.context()));
            }
        }
        ArrayNode maps = json.putArray("maps_after");
        for (CaseResult.MapDump map : result.maps()) {
            ArrayNode entries = maps.addObject().put("name", map.name()).putArray("entries");
            for (CaseResult.Entry entry : map.entries()) {
                entries.addObject()
                        .put("key", hex.formatHex(entry.key()))
                        .put("value", hex.formatHex(entry.value()));
            }
        }
        return json;
    }
}
