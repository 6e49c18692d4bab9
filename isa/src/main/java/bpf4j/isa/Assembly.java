package bpf4j.isa;

import bpf4j.spec.HelperSpec;
import bpf4j.spec.Helpers;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A program while its text is read: lines come in one by one, [#finish] resolves symbols.
final class Assembly {
    private final List<Insn> insns = new ArrayList<>();
    private final List<Open> open = new ArrayList<>();
    private final List<ProgramSpec.Line> lines = new ArrayList<>();
    private final Map<String, Integer> labels = new LinkedHashMap<>();
    private final Map<String, Long> constants = new HashMap<>();
    private final Directives directives = new Directives(constants);
    private int pc;

    /// An instruction whose symbol is not resolved yet.
    private record Open(int index, int pc, Parsed.Reference reference, Lexer.Source source) {}

    void line(Lexer.Source source) throws AssemblyException {
        Lexer.Source unlisted = Listing.unlist(source);
        if (unlisted == null) {
            return;
        }
        Line line = new Line(unlisted, constants);
        while (!line.atEnd()) {
            if (line.accept(";")) {
                continue;
            }
            if (isName(line.peek()) && line.peek(1).is(":")) {
                label(line, line.take());
                line.take();
                continue;
            }
            statement(line);
            if (!line.atStatementEnd()) {
                throw line.error(
                        line.peek(),
                        "expected the end of the statement, found " + Line.describe(line.peek()));
            }
        }
    }

    private static boolean isName(Token token) {
        return token.kind() == Token.Kind.WORD || token.kind() == Token.Kind.STRING;
    }

    private void label(Line line, Token name) throws AssemblyException {
        if (labels.containsKey(name.text()) || directives.isDeclared(name.text())) {
            throw line.error(name, "'" + name.text() + "' is defined twice");
        }
        if (!directives.defineInData(name.text())) {
            labels.put(name.text(), pc);
        }
    }

    private void statement(Line line) throws AssemblyException {
        Token first = line.peek();
        if (first.kind() == Token.Kind.WORD && first.text().startsWith(".")) {
            directives.read(line);
            return;
        }
        if (directives.inData()) {
            throw line.error(
                    first, "instructions cannot stand among data; '.text' leads back to the code");
        }
        Parsed parsed = new InsnParser(line).parse();
        Lexer.Source source = line.source();
        if (parsed.reference() != null) {
            open.add(new Open(insns.size(), pc, parsed.reference(), source));
        }
        lines.add(
                new ProgramSpec.Line(
                        pc, source.file(), source.number(), first.column(), source.text().strip()));
        insns.add(parsed.insn());
        pc += Code.slotsOf(parsed.insn());
    }

    ProgramSpec finish() throws AssemblyException {
        SortedMap<Integer, String> functions = new TreeMap<>();
        labels.forEach(
                (name, at) -> {
                    if (at == 0) {
                        functions.putIfAbsent(0, name);
                    }
                });
        functions.putIfAbsent(0, directives.name());
        for (Open reference : open) {
            insns.set(reference.index, resolve(reference, functions));
        }
        return directives.program(Code.of(insns), functions(functions), lines);
    }

    /// The functions by label; none when a function is called by number alone, since then some have
    /// no label.
    private List<ProgramSpec.Function> functions(SortedMap<Integer, String> names) {
        int at = 0;
        for (Insn insn : insns) {
            boolean refers =
                    insn instanceof Insn.CallLocal
                            || insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC;
            if (refers && !names.containsKey((int) Codec.target(insn, at))) {
                return List.of();
            }
            at += Code.slotsOf(insn);
        }
        List<ProgramSpec.Function> functions = new ArrayList<>();
        names.forEach((start, name) -> functions.add(new ProgramSpec.Function(start, name, 0)));
        return pc == 0 ? List.of() : functions;
    }

    private Insn resolve(Open reference, SortedMap<Integer, String> functions)
            throws AssemblyException {
        Token symbol = reference.reference.symbol();
        Integer label = labels.get(symbol.text());
        long offset = label == null ? 0 : (long) label - reference.pc - 1;
        Insn insn = insns.get(reference.index);
        if (insn instanceof Insn.LoadImm64 load) {
            return address(load, reference, label, offset, functions);
        }
        if (insn instanceof Insn.CallHelper) {
            return call(reference, label, offset, functions);
        }
        if (label == null) {
            throw unknown(reference, "label", labels.keySet());
        }
        if (insn instanceof Insn.Jump jump && jump.wide()) {
            return new Insn.Jump(true, (int) offset);
        }
        if (offset != (short) offset) {
            throw error(
                    reference,
                    "'"
                            + symbol.text()
                            + "' is "
                            + offset
                            + " slots away, further than 16 bits reach; use gotol");
        }
        return withOffset(insn, (short) offset);
    }

    private static Insn withOffset(Insn insn, short offset) {
        if (insn instanceof Insn.JumpIf i) {
            return new Insn.JumpIf(i.width(), i.cond(), i.dst(), i.src(), offset);
        }
        return insn instanceof Insn.MayGoto
                ? new Insn.MayGoto(offset)
                : new Insn.Jump(false, offset);
    }

    private Insn call(
            Open reference, @Nullable Integer label, long offset, Map<Integer, String> functions)
            throws AssemblyException {
        String name = reference.reference.symbol().text();
        if (label != null) {
            functions.putIfAbsent(label, name);
            return new Insn.CallLocal((int) offset);
        }
        int extern = directives.extern(name);
        if (extern >= 0) {
            return new Insn.CallKfunc(extern, (short) 0);
        }
        HelperSpec helper = Helpers.byName(name);
        if (helper == null) {
            List<String> known = new ArrayList<>(labels.keySet());
            for (int number = 1; number <= Helpers.LAST; number++) {
                HelperSpec spec = Helpers.byNumber(number);
                if (spec != null) {
                    known.add(name.startsWith("bpf_") ? "bpf_" + spec.name() : spec.name());
                }
            }
            throw unknown(reference, "label, helper or extern", known);
        }
        return new Insn.CallHelper(helper.id());
    }

    private Insn address(
            Insn.LoadImm64 load,
            Open reference,
            @Nullable Integer label,
            long offset,
            Map<Integer, String> functions)
            throws AssemblyException {
        Parsed.Reference symbol = reference.reference;
        String name = symbol.symbol().text();
        Insn.LoadImm64 found =
                directives.address(load.dst(), name, symbol.indexed(), (int) symbol.addend());
        if (found != null) {
            return found;
        }
        if (symbol.addend() != 0 || symbol.indexed()) {
            throw error(reference, "only the value of a map and data have bytes to address");
        }
        if (label != null) {
            functions.putIfAbsent(label, name);
            return new Insn.LoadImm64(load.dst(), WideKind.FUNC, (int) offset, 0);
        }
        int extern = directives.extern(name);
        if (extern < 0) {
            throw unknown(reference, "map, data label, function or extern", directives.names());
        }
        return new Insn.LoadImm64(load.dst(), WideKind.BTF_ID, extern, 0);
    }

    private static AssemblyException unknown(
            Open reference, String what, Collection<String> known) {
        String name = reference.reference.symbol().text();
        return error(
                reference,
                "no " + what + " is named '" + name + "'" + Nearest.suggestion(name, known));
    }

    private static AssemblyException error(Open reference, String problem) {
        return reference.source.error(reference.reference.symbol().column(), problem);
    }
}
