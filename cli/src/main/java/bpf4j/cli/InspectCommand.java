package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfPrinter;
import bpf4j.btf.BtfRenderer;
import bpf4j.btf.BtfValue;
import bpf4j.isa.Insn;
import bpf4j.loader.ObjectSpec;
import bpf4j.loader.Program;
import bpf4j.loader.Relocation;
import bpf4j.loader.Variable;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.Helpers;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/// `bpf4j inspect`: shows what an object holds, without verifying or running anything.
@Command(
        name = "inspect",
        description = "Shows the programs, maps, variables and relocations of an object.",
        footer = "Exit status: 0, or 2 for unusable input.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The helper that stands where a CO-RE relocation has no answer.
    private static final int UNRESOLVED = 0xBAD2310;

    @Parameters(
            paramLabel = "OBJECT",
            arity = "1..*",
            description = "An ELF object that clang compiled for BPF; several are linked into one.")
    private List<Path> objects = List.of();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Set a global variable; may be given several times.")
    private List<String> variables = List.of();

    @Option(
            names = "--target",
            paramLabel = "BTF",
            description = "Relocate to these types (CO-RE), such as /sys/kernel/btf/vmlinux.")
    private @Nullable Path target;

    @Option(names = "--relocations", description = "List every relocation.")
    private boolean relocations;

    @Option(names = "--types", description = "Print the object's types as C, and nothing else.")
    private boolean types;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    InspectCommand() {}

    /// A declared program, linked, or why it cannot be.
    private record Linked(
            Program declared, @Nullable ProgramSpec program, @Nullable String reason) {}

    @Override
    public Integer call() throws LoadException {
        ObjectSpec object = Variables.apply(ObjectSpec.link(objects), variables);
        if (target != null) {
            object = object.withTarget(types(target));
        }
        PrintWriter out = spec.commandLine().getOut();
        Btf btf = object.btf();
        if (types) {
            out.print(btf == null ? "" : BtfPrinter.all(btf));
            return ExitStatus.OK;
        }
        List<Linked> linked = link(object);
        if (json) {
            out.println(report(object, linked));
        } else {
            print(out, object, linked);
        }
        return ExitStatus.OK;
    }

    /// The types in an object file, or the bare BTF of a kernel.
    private static Btf types(Path path) throws LoadException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw new LoadException(path + ": cannot be read", e);
        }
        if (bytes.length < 4 || bytes[0] != 0x7F) {
            return Btf.parse(bytes);
        }
        Btf btf = ObjectSpec.load(path).btf();
        if (btf == null) {
            throw new LoadException(path + ": has no BTF; compile with -g");
        }
        return btf;
    }

    private static List<Linked> link(ObjectSpec object) {
        List<Linked> linked = new ArrayList<>();
        for (Program program : object.declared()) {
            if (program.unsupported() != null) {
                linked.add(new Linked(program, null, program.unsupported()));
                continue;
            }
            try {
                linked.add(new Linked(program, object.link(program.name()), null));
            } catch (LoadException e) {
                linked.add(new Linked(program, null, String.valueOf(e.getMessage())));
            }
        }
        return linked;
    }

    private void print(PrintWriter out, ObjectSpec object, List<Linked> linked) {
        Btf btf = object.btf();
        out.printf(
                "object %s: %s, licence %s, %s%n",
                object.name(),
                object.order() == ByteOrder.LITTLE_ENDIAN ? "little-endian" : "big-endian",
                object.license().isEmpty() ? "not declared" : object.license(),
                btf == null ? "no BTF" : btf.size() - 1 + " BTF types");
        out.printf("%nprograms%n");
        linked.forEach(program -> print(out, program));
        if (!object.maps().isEmpty()) {
            out.printf("%nmaps%n");
        }
        object.maps().forEach(map -> print(out, map));
        List<Variable> found = object.variables();
        if (!found.isEmpty()) {
            out.printf("%nvariables%n");
        }
        for (Variable variable : found) {
            out.printf(
                    "  %s  %s = %s%n",
                    variable.section(), declaration(btf, variable), value(object, variable));
        }
        List<Relocation> all = object.relocations();
        if (!all.isEmpty()) {
            out.printf("%nrelocations%n");
            if (relocations) {
                all.forEach(
                        r ->
                                out.printf(
                                        "  %s+%d  %s  %s%n",
                                        r.function(), r.pc(), r.kind(), r.target()));
            } else {
                counts(all).forEach((kind, count) -> out.printf("  %s: %d%n", kind, count));
            }
        }
        if (!object.unsupported().isEmpty()) {
            out.printf("%nunsupported%n");
            object.unsupported().forEach(line -> out.printf("  %s%n", line));
        }
    }

    private static void print(PrintWriter out, Linked linked) {
        Program declared = linked.declared;
        ProgramType type = declared.type();
        String guessed =
                declared.typeSource().equals("section")
                        ? ""
                        : " (from its " + declared.typeSource() + ")";
        out.printf(
                "  %s  SEC(\"%s\")  %s%s%s%n",
                declared.name(),
                declared.section(),
                type == null ? "unsupported" : type.name() + guessed,
                declared.wanted() ? "" : ", not loaded by default",
                linked.reason == null || type == null ? "" : ", cannot be linked");
        ProgramSpec program = linked.program;
        if (program == null) {
            out.printf("    %s%n", linked.reason);
            return;
        }
        out.printf(
                "    %d instruction slots, %s%n",
                program.code().size(), count(program.functions().size() - 1, "subprogram"));
        line(out, "helpers", helpers(program));
        line(out, "kernel functions", program.externs());
        line(out, "relocations without an answer at slots", unresolved(program));
        line(out, "maps", program.maps().stream().map(MapSpec::name).toList());
    }

    private static void line(PrintWriter out, String what, List<String> names) {
        if (!names.isEmpty()) {
            out.printf("    %s: %s%n", what, String.join(", ", names));
        }
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static void print(PrintWriter out, MapSpec map) {
        MapSpec inner = map.inner();
        out.printf(
                "  %s  %s, key %s, value %s, at most %s%s%s%s%s%n",
                map.name(),
                map.type().label(),
                sized(map, map.keyType(), map.keySize()),
                sized(map, map.valueType(), map.valueSize()),
                Integer.toUnsignedString(map.maxEntries()),
                map.flags() == 0 ? "" : ", flags 0x" + Integer.toHexString(map.flags()),
                map.frozen() ? ", frozen" : "",
                map.pinning() == 0 ? "" : ", pinning " + map.pinning(),
                inner == null ? "" : ", of " + inner.type().label() + " maps");
    }

    private static String sized(MapSpec map, int type, int size) {
        Btf btf = map.btf();
        String bytes = Integer.toUnsignedString(size);
        if (btf == null || type == 0) {
            return bytes;
        }
        String name = BtfPrinter.declare(btf, type, "");
        return name.contains("\n") || name.startsWith("/*") ? bytes : bytes + " (" + name + ")";
    }

    private static String declaration(@Nullable Btf btf, Variable variable) {
        if (btf == null || variable.type() == 0) {
            return variable.name() + " (" + variable.size() + " bytes)";
        }
        String text = BtfPrinter.declare(btf, variable.type(), variable.name());
        return text.contains("\n") ? variable.name() : text;
    }

    /// The initial value of a variable.
    private static BtfValue value(ObjectSpec object, Variable variable) {
        byte[] bytes = new byte[Math.clamp(variable.size(), 0, 1 << 16)];
        for (MapSpec map : object.maps()) {
            if (map.name().equals(variable.map())
                    && !map.initial().isEmpty()
                    && map.initial().getFirst().content() instanceof MapSpec.Content.Bytes held) {
                int from = Math.clamp(variable.byteOffset(), 0, held.value().length);
                int length = Math.min(bytes.length, held.value().length - from);
                System.arraycopy(held.value(), from, bytes, 0, length);
            }
        }
        Btf btf = object.btf();
        return btf == null || variable.type() == 0
                ? new BtfValue.Word(BtfRenderer.hex(bytes))
                : new BtfRenderer(btf, object.order()).value(variable.type(), bytes);
    }

    private static List<String> helpers(ProgramSpec program) {
        Set<String> names = new LinkedHashSet<>();
        for (int pc = 0; pc < program.code().size(); pc = program.code().next(pc)) {
            if (program.code().at(pc) instanceof Insn.CallHelper call && call.id() != UNRESOLVED) {
                HelperSpec helper = Helpers.byNumber(call.id());
                names.add(helper == null ? "helper #" + call.id() : helper.name());
            }
        }
        return List.copyOf(names);
    }

    /// The slots whose CO-RE relocation has no answer: an error if one is reached.
    private static List<String> unresolved(ProgramSpec program) {
        List<String> slots = new ArrayList<>();
        for (int pc = 0; pc < program.code().size(); pc = program.code().next(pc)) {
            if (program.code().at(pc).equals(new Insn.CallHelper(UNRESOLVED))) {
                slots.add(Integer.toString(pc));
            }
        }
        return slots;
    }

    private static Map<String, Integer> counts(List<Relocation> all) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        all.forEach(relocation -> counts.merge(relocation.kind(), 1, Integer::sum));
        return counts;
    }

    private static ObjectNode report(ObjectSpec object, List<Linked> linked) {
        ObjectNode report = JSON.createObjectNode();
        Btf btf = object.btf();
        report.put("name", object.name());
        report.put("byteOrder", object.order() == ByteOrder.LITTLE_ENDIAN ? "little" : "big");
        report.put("license", object.license());
        report.put("kernelVersion", object.kernelVersion());
        report.put("types", btf == null ? 0 : btf.size() - 1);
        var programs = report.putArray("programs");
        for (Linked one : linked) {
            ObjectNode node = programs.addObject();
            ProgramType type = one.declared.type();
            node.put("name", one.declared.name());
            node.put("section", one.declared.section());
            node.put("type", type == null ? null : type.name());
            node.put("typeSource", one.declared.typeSource());
            node.put("wanted", one.declared.wanted());
            ProgramSpec program = one.program;
            if (program == null) {
                node.put("reason", one.reason);
                continue;
            }
            node.put("slots", program.code().size());
            program.functions().forEach(f -> node.withArray("functions").add(f.name()));
            helpers(program).forEach(node.putArray("helpers")::add);
            program.externs().forEach(node.putArray("kernelFunctions")::add);
            unresolved(program).forEach(node.putArray("unresolvedSlots")::add);
            program.maps().forEach(map -> node.withArray("maps").add(map.name()));
        }
        var maps = report.putArray("maps");
        for (MapSpec map : object.maps()) {
            ObjectNode node = maps.addObject();
            node.put("name", map.name()).put("type", map.type().label());
            node.put("keySize", map.keySize()).put("valueSize", map.valueSize());
            node.put("maxEntries", Integer.toUnsignedLong(map.maxEntries()));
            node.put("flags", Integer.toUnsignedLong(map.flags())).put("frozen", map.frozen());
            node.put("pinning", map.pinning()).put("initialEntries", map.initial().size());
            MapSpec inner = map.inner();
            if (inner != null) {
                node.put("inner", inner.name());
            }
        }
        var all = report.putArray("variables");
        for (Variable variable : object.variables()) {
            ObjectNode node = all.addObject();
            node.put("name", variable.name()).put("section", variable.section());
            node.put("declaration", declaration(btf, variable));
            node.put("offset", variable.byteOffset()).put("size", variable.size());
            node.put("constant", variable.constant());
            node.set("value", JSON.valueToTree(value(object, variable).plain()));
        }
        var relocated = report.putArray("relocations");
        for (Relocation relocation : object.relocations()) {
            relocated
                    .addObject()
                    .put("function", relocation.function())
                    .put("slot", relocation.pc())
                    .put("kind", relocation.kind())
                    .put("target", relocation.target());
        }
        object.unsupported().forEach(report.putArray("unsupported")::add);
        return report;
    }
}
