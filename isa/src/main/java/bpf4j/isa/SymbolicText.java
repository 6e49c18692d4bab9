package bpf4j.isa;

import bpf4j.spec.HelperSpec;
import bpf4j.spec.Helpers;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A program as a text that [Assembler] reads back: directives for what it declares, labels for
/// jumps and functions, names for maps, helpers and externs. BTF and source lines are left out.
final class SymbolicText {
    private static final InsnText FORM = new InsnText(Syntax.GENERIC);
    private static final Set<String> RESERVED = Set.of("ll", "pc", "map", "program", "skb");

    private final ProgramSpec spec;
    private final Code code;
    private final Set<String> taken = new HashSet<>();
    private final Map<Integer, String> labels = new TreeMap<>();
    private final Map<MapSpec, String> templates = new HashMap<>();

    SymbolicText(ProgramSpec spec) {
        this.spec = spec;
        this.code = spec.code();
        spec.maps().forEach(map -> taken.add(map.name()));
        taken.addAll(spec.externs());
        for (int number = 1; number <= Helpers.LAST; number++) {
            HelperSpec helper = Helpers.byNumber(number);
            if (helper != null) {
                taken.add("bpf_" + helper.name());
            }
        }
        for (ProgramSpec.Function function : spec.functions()) {
            if (isInstruction(function.pc())) {
                labels.putIfAbsent(function.pc(), unique(function.name()));
            }
        }
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            long target = Codec.target(code.at(pc), pc);
            if (target != pc + (long) Code.slotsOf(code.at(pc)) && isInstruction(target)
                    || code.at(pc) instanceof Insn.CallLocal && isInstruction(target)) {
                labels.computeIfAbsent((int) target, place -> unique("L" + place));
            }
        }
    }

    private boolean isInstruction(long pc) {
        return pc >= 0 && pc < code.size() && !code.isSecondSlot((int) pc);
    }

    private String unique(String name) {
        String result = name;
        for (int i = 2; !taken.add(result); i++) {
            result = name + "." + i;
        }
        return result;
    }

    String program() {
        StringBuilder out = new StringBuilder();
        out.append(".program ").append(spec.type().name());
        if (spec.type().attachType() != 0) {
            out.append(", ").append(spec.type().attachType());
        }
        out.append("\n.name ").append(quoted(spec.name()));
        out.append("\n.license ").append(quoted(spec.license())).append('\n');
        if (!spec.section().isEmpty()) {
            out.append(".section ").append(quoted(spec.section())).append('\n');
        }
        for (ProgramSpec.Flag flag : ProgramSpec.Flag.values()) {
            if (spec.flags().contains(flag)) {
                out.append(".flag ").append(flag.name().toLowerCase(Locale.ROOT)).append('\n');
            }
        }
        spec.maps().forEach(map -> declare(out, map));
        spec.maps().forEach(map -> entries(out, map));
        for (String extern : spec.externs()) {
            out.append(".extern ").append(name(extern)).append('\n');
        }
        out.append(instructions());
        return out.toString();
    }

    private String instructions() {
        StringBuilder out = new StringBuilder();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            String label = labels.get(pc);
            if (label != null) {
                out.append(name(label)).append(":\n");
            }
            out.append("        ").append(text(pc)).append('\n');
        }
        return out.toString();
    }

    private void declare(StringBuilder out, MapSpec map) {
        MapSpec inner = map.inner();
        String template = inner == null ? "" : template(out, inner);
        describe(out.append(".map ").append(name(map.name())), map, template);
    }

    /// The name of the template of inner maps, declared unless it already is.
    private String template(StringBuilder out, MapSpec inner) {
        String known = templates.get(inner);
        if (known != null) {
            return known;
        }
        String name = unique(inner.name().isEmpty() ? "template" : inner.name());
        templates.put(inner, name);
        MapSpec next = inner.inner();
        String nested = next == null ? "" : template(out, next);
        describe(out.append(".template ").append(name(name)), inner, nested);
        return name;
    }

    private static void describe(StringBuilder out, MapSpec map, String inner) {
        out.append(", ").append(map.type().label());
        option(out, "key", Integer.toUnsignedLong(map.keySize()));
        option(out, "value", Integer.toUnsignedLong(map.valueSize()));
        option(out, "entries", Integer.toUnsignedLong(map.maxEntries()));
        option(out, "flags", Integer.toUnsignedLong(map.flags()));
        option(out, "extra", map.extra());
        option(out, "pinning", Integer.toUnsignedLong(map.pinning()));
        out.append(inner.isEmpty() ? "" : ", inner=" + name(inner));
        out.append(map.frozen() ? ", frozen\n" : "\n");
    }

    private static void option(StringBuilder out, String name, long value) {
        if (value != 0) {
            out.append(", ").append(name).append('=').append(value);
        }
    }

    private static void entries(StringBuilder out, MapSpec map) {
        for (MapSpec.Entry entry : map.initial()) {
            out.append(".entry ").append(name(map.name())).append(", ").append(hex(entry.key()));
            out.append(", ")
                    .append(
                            switch (entry.content()) {
                                case MapSpec.Content.Bytes bytes -> hex(bytes.value());
                                case MapSpec.Content.MapRef ref -> "map " + name(ref.map());
                                case MapSpec.Content.ProgramRef ref ->
                                        "program " + name(ref.program());
                            })
                    .append('\n');
        }
    }

    private static String hex(byte[] bytes) {
        return '"' + HexFormat.of().formatHex(bytes) + '"';
    }

    /// The instruction at `pc` with names wherever it has one.
    String text(int pc) {
        Insn insn = code.at(pc);
        long target = Codec.target(insn, pc);
        String label = isInstruction(target) ? labels.get((int) target) : null;
        return switch (insn) {
            case Insn.Jump _, Insn.JumpIf _, Insn.MayGoto _, Insn.CallLocal _ ->
                    label == null ? FORM.of(insn) : FORM.of(insn, name(label));
            case Insn.CallHelper call -> {
                HelperSpec helper = Helpers.byNumber(call.id());
                yield helper == null ? FORM.of(insn) : "call bpf_" + helper.name();
            }
            case Insn.CallKfunc call -> {
                String extern = call.module() == 0 ? at(spec.externs(), call.id()) : null;
                yield extern == null ? FORM.of(insn) : "call " + name(extern);
            }
            case Insn.LoadImm64 load -> {
                String address = address(load, label);
                yield address == null ? FORM.of(insn) : "r" + load.dst() + " = " + address + " ll";
            }
            case Insn.Alu _,
                    Insn.Neg _,
                    Insn.MovSx _,
                    Insn.ByteSwap _,
                    Insn.AddrSpaceCast _,
                    Insn.Load _,
                    Insn.Store _,
                    Insn.LoadAbs _,
                    Insn.LoadInd _,
                    Insn.Atomic _,
                    Insn.LoadAcquire _,
                    Insn.StoreRelease _,
                    Insn.CallReg _,
                    Insn.Exit _ ->
                    FORM.of(insn);
        };
    }

    private @Nullable String address(Insn.LoadImm64 load, @Nullable String label) {
        return switch (load.kind()) {
            case CONST, MAP_IDX, MAP_IDX_VALUE -> null;
            case FUNC -> label == null || load.imm2() != 0 ? null : name(label);
            case BTF_ID -> {
                String extern = load.imm2() == 0 ? at(spec.externs(), load.imm()) : null;
                yield extern == null ? null : name(extern);
            }
            case MAP -> {
                MapSpec map = at(spec.maps(), load.imm());
                yield map == null ? null : name(map.name());
            }
            case MAP_VALUE -> {
                MapSpec map = at(spec.maps(), load.imm());
                yield map == null
                        ? null
                        : name(map.name()) + "[0]" + (load.imm2() == 0 ? "" : offset(load.imm2()));
            }
        };
    }

    private static String offset(int bytes) {
        return (bytes < 0 ? " - " : " + ") + Math.abs((long) bytes);
    }

    private static <T> @Nullable T at(List<T> list, int index) {
        return index >= 0 && index < list.size() ? list.get(index) : null;
    }

    /// A name as the assembler reads it: in quotes unless it is a plain word.
    private static String name(String name) {
        boolean plain = !name.isEmpty() && !RESERVED.contains(name) && !looksReserved(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            plain &= Lexer.isWordPart(c) && (i > 0 || c < '0' || c > '9');
        }
        return plain ? name : quoted(name);
    }

    /// Whether the assembler would take the word for something else: a directive, a register, an
    /// operation.
    private static boolean looksReserved(String name) {
        return name.startsWith(".") || InsnParser.isReserved(name);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(
                    switch (c) {
                        case '\n' -> "\\n";
                        case '\r' -> "\\r";
                        case '\t' -> "\\t";
                        case '\0' -> "\\0";
                        case '"' -> "\\\"";
                        case '\\' -> "\\\\";
                        default -> String.valueOf(c);
                    });
        }
        return out.append('"').toString();
    }
}
