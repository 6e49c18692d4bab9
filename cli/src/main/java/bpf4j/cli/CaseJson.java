package bpf4j.cli;

import bpf4j.spec.LoadException;
import bpf4j.spec.MapType;
import bpf4j.testkit.cases.Case;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A case from its JSON object. Messages name the field, as a path from the case.
final class CaseJson {
    private static final Map<String, Integer> PROGRAM_TYPES =
            Map.ofEntries(
                    Map.entry("socket", 1),
                    Map.entry("tc", 3),
                    Map.entry("classifier", 3),
                    Map.entry("action", 4));

    private static final List<String> TYPE_NAMES =
            List.of(
                    "unspec",
                    "socket_filter",
                    "kprobe",
                    "sched_cls",
                    "sched_act",
                    "tracepoint",
                    "xdp",
                    "perf_event",
                    "cgroup_skb",
                    "cgroup_sock",
                    "lwt_in",
                    "lwt_out",
                    "lwt_xmit",
                    "sock_ops",
                    "sk_skb",
                    "cgroup_device",
                    "sk_msg",
                    "raw_tracepoint",
                    "cgroup_sock_addr",
                    "lwt_seg6local",
                    "lirc_mode2",
                    "sk_reuseport",
                    "flow_dissector",
                    "cgroup_sysctl",
                    "raw_tracepoint_writable",
                    "cgroup_sockopt",
                    "tracing",
                    "struct_ops",
                    "ext",
                    "lsm",
                    "sk_lookup",
                    "syscall",
                    "netfilter");

    private static final Set<String> FIELDS =
            Set.of(
                    "name",
                    "comment",
                    "prog_type",
                    "expected_attach_type",
                    "prog_flags",
                    "license",
                    "insns",
                    "maps",
                    "map_refs",
                    "btf",
                    "func_info",
                    "runs",
                    "expect");

    private CaseJson() {}

    /// The case that a JSON object holds.
    static Case read(JsonNode json) throws LoadException {
        Reader in = new Reader("", json);
        if (!json.isObject()) {
            throw new LoadException("a case is a JSON object, this is " + json.getNodeType());
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new LoadException("field \"" + field.getKey() + "\" is unknown");
            }
        }
        List<Case.MapCase> maps = new ArrayList<>();
        for (Reader map : in.list("maps")) {
            maps.add(map(map));
        }
        List<Case.Run> runs = new ArrayList<>();
        for (Reader run : in.list("runs")) {
            runs.add(
                    new Case.Run(
                            run.hex("data"),
                            run.hex("ctx"),
                            run.integer("repeat", 1),
                            run.has("retval") ? (int) run.number("retval", 0) : null));
        }
        byte[] insns = in.hex("insns");
        if (insns.length == 0 || insns.length % 8 != 0) {
            throw in.bad("insns", "must hold 8 bytes an instruction, at least one");
        }
        return new Case(
                in.text("name", ""),
                in.named("prog_type", CaseJson::programType),
                in.integer("expected_attach_type", 0),
                in.integer("prog_flags", 0),
                in.text("license", "GPL"),
                insns,
                maps,
                references(in, maps.size()),
                in.hex("btf"),
                in.hex("func_info"),
                runs,
                expect(in.child("expect")));
    }

    private static Case.MapCase map(Reader in) throws LoadException {
        List<Case.Entry> entries = new ArrayList<>();
        for (Reader entry : in.list("init")) {
            entries.add(
                    new Case.Entry(
                            entry.hex("key"),
                            entry.has("map") ? null : entry.hex("value"),
                            entry.integer("map", -1)));
        }
        List<Case.ProgramEntry> programs = new ArrayList<>();
        for (Reader entry : in.list("progs")) {
            programs.add(
                    new Case.ProgramEntry(
                            entry.hex("key"),
                            entry.hex("insns"),
                            references(entry, Integer.MAX_VALUE)));
        }
        Reader btf = in.child("btf");
        return new Case.MapCase(
                in.text("name", "map"),
                in.named("type", CaseJson::mapType),
                in.integer("key_size", 0),
                in.integer("value_size", 0),
                in.integer("max_entries", 0),
                in.integer("flags", 0),
                in.integer("inner", -1),
                in.flag("freeze"),
                in.flag("dump"),
                btf == null
                        ? null
                        : new Case.MapTypes(
                                btf.integer("key", 0),
                                btf.integer("value", 0),
                                btf.hex("types"),
                                btf.hex("strings")),
                entries,
                programs);
    }

    private static List<Case.MapReference> references(Reader in, int maps) throws LoadException {
        List<Case.MapReference> references = new ArrayList<>();
        for (Reader reference : in.list("map_refs")) {
            int map = reference.integer("map", 0);
            if (map < 0 || map >= maps) {
                throw reference.bad("map", "names map %d of %d".formatted(map, maps));
            }
            references.add(
                    new Case.MapReference(
                            reference.integer("insn", 0),
                            map,
                            reference.has("value_off") ? reference.integer("value_off", 0) : null));
        }
        return references;
    }

    private static Case.Expect expect(@Nullable Reader in) throws LoadException {
        if (in == null) {
            return Case.Expect.NOTHING;
        }
        return new Case.Expect(
                in.verdict("result"),
                in.verdict("result_unpriv"),
                in.optionalText("errstr"),
                in.optionalText("errstr_unpriv"));
    }

    private static @Nullable Integer programType(String name) {
        int index = TYPE_NAMES.indexOf(name);
        return index >= 0 ? Integer.valueOf(index) : PROGRAM_TYPES.get(name);
    }

    private static @Nullable Integer mapType(String name) {
        for (MapType type : MapType.values()) {
            if (type.label().equals(name)) {
                return type.number();
            }
        }
        return null;
    }

    private interface Names {
        @Nullable Integer number(String name);
    }

    /// A JSON object with its place.
    private record Reader(String place, JsonNode json) {
        LoadException bad(String field, String what) {
            return new LoadException("field \"" + place + field + "\" " + what);
        }

        boolean has(String field) {
            return json.hasNonNull(field);
        }

        @Nullable Reader child(String field) throws LoadException {
            if (!has(field)) {
                return null;
            }
            if (!json.get(field).isObject()) {
                throw bad(field, "must be an object");
            }
            return new Reader(place + field + ".", json.get(field));
        }

        List<Reader> list(String field) throws LoadException {
            List<Reader> list = new ArrayList<>();
            if (!has(field)) {
                return list;
            }
            if (!json.get(field).isArray()) {
                throw bad(field, "must be an array");
            }
            for (JsonNode element : json.get(field)) {
                String at = place + field + "[" + list.size() + "].";
                if (!element.isObject()) {
                    throw new LoadException("\"" + at + "\" must be an object");
                }
                list.add(new Reader(at, element));
            }
            return list;
        }

        long number(String field, long absent) throws LoadException {
            if (!has(field)) {
                return absent;
            }
            if (!json.get(field).canConvertToLong() || !json.get(field).isIntegralNumber()) {
                throw bad(field, "must be an integer");
            }
            return json.get(field).longValue();
        }

        int integer(String field, int absent) throws LoadException {
            long value = number(field, absent);
            if (value < Integer.MIN_VALUE || value > 0xFFFF_FFFFL) {
                throw bad(field, "must fit in 32 bits");
            }
            return (int) value;
        }

        int named(String field, Names names) throws LoadException {
            if (!has(field)) {
                throw bad(field, "is missing");
            }
            if (!json.get(field).isTextual()) {
                return integer(field, 0);
            }
            String name = json.get(field).textValue().toLowerCase(Locale.ROOT);
            Integer number = names.number(name);
            if (number == null) {
                throw bad(field, "has no value \"" + name + "\"; give Linux's name or number");
            }
            return number;
        }

        boolean flag(String field) {
            return has(field) && json.get(field).asBoolean();
        }

        String text(String field, String absent) throws LoadException {
            String text = optionalText(field);
            return text == null ? absent : text;
        }

        @Nullable String optionalText(String field) throws LoadException {
            if (!has(field)) {
                return null;
            }
            if (!json.get(field).isTextual()) {
                throw bad(field, "must be text");
            }
            return json.get(field).textValue();
        }

        byte[] hex(String field) throws LoadException {
            String text = text(field, "");
            try {
                return HexFormat.of().parseHex(text);
            } catch (IllegalArgumentException e) {
                throw bad(field, "must be hexadecimal, two digits a byte");
            }
        }

        @Nullable Boolean verdict(String field) throws LoadException {
            String text = optionalText(field);
            if (text == null) {
                return null;
            }
            return switch (text) {
                case "accept" -> true;
                case "reject" -> false;
                default -> throw bad(field, "must be \"accept\" or \"reject\"");
            };
        }
    }
}
