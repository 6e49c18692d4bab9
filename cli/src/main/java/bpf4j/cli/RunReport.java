package bpf4j.cli;

import bpf4j.vm.BpfProgram;
import bpf4j.vm.Engine;
import bpf4j.vm.MapView;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What `bpf4j run` tells at the end.
record RunReport(
        Path object, Path pcap, BpfProgram program, Engine engine, RunTotals totals, long nanos) {

    private double nanosPerPacket() {
        return totals.packets() == 0 ? 0 : (double) totals.nanos() / totals.packets();
    }

    private double packetsPerSecond() {
        return totals.nanos() == 0 ? 0 : totals.packets() * 1e9 / totals.nanos();
    }

    private String engineName() {
        return engine.name().toLowerCase(Locale.ROOT);
    }

    void print(PrintWriter out, List<MapView> maps) {
        out.printf(
                Locale.ROOT,
                "%s: %s (%s), verified: %d insns processed%n",
                object,
                program.name(),
                program.spec().type().name(),
                program.verified().statistics().processed());
        out.printf(Locale.ROOT, "%n%-18s %12s %14s%n", "verdict", "packets", "bytes");
        totals.byName()
                .forEach(
                        (name, count) ->
                                out.printf(
                                        Locale.ROOT,
                                        "%-18s %12d %14d%n",
                                        name,
                                        count.packets,
                                        count.bytes));
        out.printf(Locale.ROOT, "%-18s %12d %14d%n", "total", totals.packets(), totals.bytes());
        out.printf(
                Locale.ROOT,
                "%n%s: %,.0f packets/s, %.1f ns/packet%n",
                engineName(),
                packetsPerSecond(),
                nanosPerPacket());
        for (MapView map : maps) {
            MapReport.print(out, map);
        }
    }

    ObjectNode json(List<MapView> maps) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", object.toString());
        json.put("pcap", pcap.toString());
        json.put("program", program.name());
        json.put("type", program.spec().type().name());
        json.put("engine", engineName());
        json.put("processed", program.verified().statistics().processed());
        ObjectNode verdicts = json.putObject("verdicts");
        totals.byName()
                .forEach(
                        (name, count) ->
                                verdicts.putObject(name)
                                        .put("packets", count.packets)
                                        .put("bytes", count.bytes));
        json.put("packets", totals.packets());
        json.put("bytes", totals.bytes());
        json.put("nanos", totals.nanos());
        json.put("ns_per_packet", nanosPerPacket());
        json.put("packets_per_second", packetsPerSecond());
        json.put("elapsed_nanos", nanos);
        if (!maps.isEmpty()) {
            ArrayNode array = json.putArray("maps");
            maps.forEach(map -> MapReport.put(array.addObject(), map));
        }
        return json;
    }
}
