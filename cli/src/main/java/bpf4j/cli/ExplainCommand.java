package bpf4j.cli;

import bpf4j.isa.Disassembler;
import bpf4j.isa.Insn;
import bpf4j.jit.Jit;
import bpf4j.jit.Listing;
import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `bpf4j explain`: what the compiler knows of each instruction and what it makes of it.
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Shows for each instruction the facts that hold on every run, the bytecode that it"
                    + " becomes, and which accesses keep a generic path and why.",
            "What HotSpot makes of the bytecode: run with -XX:CompileCommand=PrintInlining or"
                    + " -XX:CompileCommand=print, for which JAVA_TOOL_OPTIONS is the place."
        },
        footer = "Exit status: 0 explained, 1 a program refused, 2 unusable input.")
final class ExplainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "OBJECT", description = "An ELF object that clang compiled for BPF.")
    private Path object = Path.of("");

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "Explain this program only; else all that are loaded by default.")
    private @Nullable String program;

    @Option(names = "--facts", description = "Leave the bytecode out.")
    private boolean factsOnly;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    ExplainCommand() {}

    @Override
    public Integer call() throws LoadException {
        ObjectSpec loaded = ObjectSpec.load(object);
        PrintWriter out = spec.commandLine().getOut();
        boolean refused = false;
        for (ProgramSpec candidate :
                program == null ? loaded.programs() : List.of(loaded.link(program))) {
            try {
                explain(out, Verifier.verify(candidate, LoadPolicy.TRUSTED));
            } catch (VerificationException e) {
                out.printf("%s: refused%n%s%n", candidate.name(), e.rejection().text());
                refused = true;
            }
        }
        return refused ? ExitStatus.REFUSED : ExitStatus.OK;
    }

    private void explain(PrintWriter out, VerifiedProgram verified) throws LoadException {
        ProgramSpec candidate = verified.spec();
        Facts facts = Facts.of(candidate, verified.policy());
        Listing listing = Jit.list(verified, bindings(candidate));
        out.printf("; program %s (%s)%n", candidate.name(), candidate.type().name());
        ProgramSpec.@Nullable Line shown = null;
        int accesses = 0;
        int generic = 0;
        for (int pc = 0; pc < candidate.code().size(); pc = candidate.code().next(pc)) {
            ProgramSpec.Line line = candidate.lineAt(pc);
            if (line != null && !line.equals(shown)) {
                out.printf("; %s:%d  %s%n", line.file(), line.line(), line.text().strip());
                shown = line;
            }
            Insn insn = candidate.code().at(pc);
            out.printf("%6d:  %s%n", pc, Disassembler.symbolic(candidate, pc));
            if (!facts.reachable(pc)) {
                out.println("            never reached");
                continue;
            }
            facts(out, facts, pc, insn);
            Access access = facts.access(pc);
            if (access != null) {
                accesses++;
                String reason = genericReason(access);
                if (reason != null) {
                    generic++;
                    out.println("            generic access: " + reason);
                }
            }
            if (!factsOnly) {
                List<String> bytecode = listing.at(pc);
                out.println(
                        "            "
                                + (bytecode.isEmpty()
                                        ? "needs no bytecode"
                                        : "> " + String.join("; ", bytecode)));
            }
        }
        out.printf("; %d memory accesses, %d of them generic%n", accesses, generic);
    }

    private static void facts(PrintWriter out, Facts facts, int pc, Insn insn) {
        Access access = facts.access(pc);
        if (access != null && access.region() != null) {
            out.println("            in " + describe(access));
        }
        if (insn instanceof Insn.JumpIf && facts.branch(pc) != Tri.MAYBE) {
            out.println(
                    "            " + (facts.branch(pc) == Tri.YES ? "always" : "never") + " taken");
        }
        if (insn instanceof Insn.CallHelper && facts.map(pc, 1) >= 0) {
            out.println("            map number " + facts.map(pc, 1));
        }
        if (facts.written(pc) != Value.Any.UNSET) {
            out.println("            gives " + describe(facts.written(pc)));
        }
    }

    private static String describe(Value value) {
        return switch (value) {
            case Value.Any any -> any == Value.Any.MIXED ? "anything" : "nothing";
            case Value.Number(var scalar) -> "number " + scalar;
            case Value.Pointer pointer ->
                    (pointer.nullable() ? "null or " : "")
                            + "pointer to "
                            + name(pointer.region())
                            + (pointer.index() >= 0 ? " " + pointer.index() : "")
                            + place(pointer.offset());
        };
    }

    private static String describe(Access access) {
        bpf4j.verifier.facts.Region region = access.region();
        return (region == null ? "any memory" : name(region))
                + (access.map() >= 0 ? " " + access.map() : "")
                + place(access.offset());
    }

    private static String place(Scalar offset) {
        return offset.isUnknown() ? "" : " at " + offset;
    }

    private static String name(bpf4j.verifier.facts.Region region) {
        return region.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// Why an access goes through the table of regions, or null when it does not.
    private static @Nullable String genericReason(Access access) {
        bpf4j.verifier.facts.Region region = access.region();
        if (region == null) {
            return "the address may be in one of several regions";
        }
        return switch (region) {
            case CTX, PACKET, STACK, CALLER_STACK -> null;
            case MAP_VALUE ->
                    access.map() >= 0
                            ? null
                            : "the value may be one of several maps', or an inner map's";
            case MEM -> "memory that a helper gave has no place of its own";
            case MAP_HANDLE, FUNCTION, OTHER -> "objects of the host have no place of their own";
        };
    }

    private static Bindings bindings(ProgramSpec candidate) throws LoadException {
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : candidate.maps()) {
            maps.add(Maps.create(space, map));
        }
        return new Bindings(space, maps, LinuxHelpers.table());
    }
}
