package bpf4j.cli;

import bpf4j.runtime.Errno;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Rejection;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

/// A rejection as JSON.
final class RejectionJson {
    private RejectionJson() {}

    static void put(ObjectNode node, Rejection refused) {
        node.put("rule", refused.rule());
        node.put("errno", Errno.name(refused.errno()));
        node.put("insn", refused.pc());
        node.put("message", refused.kernelText());
        node.put("reason", refused.reason());
        source(node, refused.source());
        ArrayNode path = node.putArray("path");
        for (Rejection.Event event : refused.path()) {
            ObjectNode step = path.addObject().put("insn", event.pc()).put("what", event.what());
            source(step, event.source());
        }
        node.put("missing", refused.missing());
        node.put("suggestion", refused.suggestion());
    }

    private static void source(ObjectNode node, ProgramSpec.@Nullable Line line) {
        if (line != null) {
            node.put("file", line.file()).put("line", line.line()).put("source", line.text());
        }
    }
}
