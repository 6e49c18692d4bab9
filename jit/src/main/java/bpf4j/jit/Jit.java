package bpf4j.jit;

import bpf4j.jit.emit.ClassEmitter;
import bpf4j.jit.emit.Plan;
import bpf4j.jit.emit.Trace;
import bpf4j.jit.ir.Analysis;
import bpf4j.jit.ir.Body;
import bpf4j.jit.ir.CallGraph;
import bpf4j.jit.ir.DeadCode;
import bpf4j.jit.ir.Effects;
import bpf4j.jit.ir.FactsCalls;
import bpf4j.jit.ir.FactsKnowledge;
import bpf4j.jit.ir.FactsSlots;
import bpf4j.jit.ir.Knowledge;
import bpf4j.jit.ir.Liveness;
import bpf4j.jit.ir.Lookups;
import bpf4j.jit.ir.Lower;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Slots;
import bpf4j.jit.ir.Webs;
import bpf4j.jit.ir.WideLoads;
import bpf4j.jit.support.GeneratedProgram;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.Executable;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.facts.Facts;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The compiler: makes a hidden class of a program, which HotSpot then compiles to native code.
public final class Jit {
    private Jit() {}

    /// The entry of a compiled program as a method handle of type `(Execution)long`. Where it is a
    /// constant (`static final`), HotSpot compiles the program together with its caller.
    public static MethodHandle entry(LoadedProgram program) {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            LoadedProgram.class,
                            "run",
                            MethodType.methodType(long.class, Execution.class))
                    .bindTo(program);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /// Compiles a program. A verified one runs as its facts permit; of a checked one every memory
    /// access is checked at run time, and it pays for jumps back and calls with
    /// [bpf4j.runtime.Execution#fuel].
    public static LoadedProgram load(Executable program, Bindings bindings) {
        return switch (program) {
            case CheckedProgram checked -> compile(checked.spec(), bindings, true, Trace.NONE);
            case VerifiedProgram verified -> {
                ProgramSpec spec = verified.spec();
                yield compile(spec, bindings, verified.facts(), false, Trace.NONE);
            }
        };
    }

    /// What each instruction of a verified program becomes, for packets in arrays.
    public static Listing list(VerifiedProgram program, Bindings bindings) {
        Listing.Gatherer gatherer = new Listing.Gatherer();
        ProgramSpec spec = program.spec();
        compile(spec, bindings, program.facts(), false, gatherer);
        return gatherer.listing();
    }

    /// Compiles a program by its facts; it pays for jumps back and calls where `fuel`. `trace` sees
    /// what is written.
    static LoadedProgram compile(
            ProgramSpec spec, Bindings bindings, Facts facts, boolean fuel, Trace trace) {
        return compile(spec, bindings, facts, fuel, trace, Set.of());
    }

    /// The same without some passes.
    static LoadedProgram compile(
            ProgramSpec spec,
            Bindings bindings,
            Facts facts,
            boolean fuel,
            Trace trace,
            Set<Pass> without) {
        Map<Integer, Region> wide = new HashMap<>();
        FactsKnowledge known = new FactsKnowledge(facts, bindings.maps(), wide);
        Knowledge knowledge = without.isEmpty() ? known : new Weakened(known, without);
        Lookups lookups =
                without.contains(Pass.KEYS_BY_VALUE)
                        ? new Lookups(facts, List.of())
                        : known.lookups();
        List<Body> bodies = Lower.lower(spec.code(), knowledge);
        if (!without.contains(Pass.WIDE_LOADS)) {
            bodies = WideLoads.in(bodies, knowledge, wide);
        }
        Map<Integer, Long> reads = new HashMap<>();
        List<Effects> effects = new ArrayList<>();
        for (Body body : bodies) {
            effects.add(
                    new Effects(
                            without.contains(Pass.STACK_SLOTS)
                                    ? Slots.NONE
                                    : FactsSlots.of(body, facts, lookups, spec),
                            new FactsCalls(spec.type(), reads)));
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Body body : bodies) {
                Liveness liveness = Liveness.of(body, effects.get(body.index()));
                long live = liveness.in(body.entry()) & 0b111110;
                changed |= !Long.valueOf(live).equals(reads.put(body.pc(), live));
            }
        }
        List<Body> needed = new ArrayList<>();
        for (Body body : bodies) {
            Effects effect = effects.get(body.index());
            needed.add(
                    without.contains(Pass.DEAD_CODE)
                            ? body
                            : DeadCode.remove(body, effect, Liveness.of(body, effect), knowledge));
        }
        return finish(spec, bindings, needed, effects, knowledge, fuel, trace);
    }

    /// Compiles a program of which nothing is known.
    static LoadedProgram compile(
            ProgramSpec spec, Bindings bindings, boolean checked, Trace trace) {
        List<Body> bodies = Lower.lower(spec.code(), Knowledge.NONE);
        Effects effects = new Effects(Slots.NONE, Effects.Calls.ALL);
        return finish(
                spec,
                bindings,
                bodies,
                Collections.nCopies(bodies.size(), effects),
                Knowledge.NONE,
                checked,
                trace);
    }

    private static LoadedProgram finish(
            ProgramSpec spec,
            Bindings bindings,
            List<Body> bodies,
            List<Effects> effects,
            Knowledge knowledge,
            boolean fuel,
            Trace trace) {
        List<Analysis> analyses = new ArrayList<>();
        for (Body body : bodies) {
            Effects effect = effects.get(body.index());
            Liveness liveness = Liveness.of(body, effect);
            Webs webs = Webs.of(body, effect, liveness, knowledge, 0b111110);
            analyses.add(new Analysis(body, effect, liveness, webs, knowledge));
        }
        Plan plan = new Plan(spec, bindings, analyses, CallGraph.of(bodies), fuel, false, trace);
        return ClassEmitter.compile(
                plan, knowledge.isTrusted() ? () -> compileForNativePackets(plan) : null);
    }

    private static GeneratedProgram compileForNativePackets(Plan plan) {
        return ClassEmitter.compile(plan.forNativePackets(), null);
    }
}
