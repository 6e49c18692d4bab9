package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.jit.ir.Lookups.Lookup;
import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// The verifier's facts in the compiler's terms.
public final class FactsKnowledge implements Knowledge {
    private final Facts facts;
    private final List<BpfMap> maps;
    private final Map<Integer, Region> wide;
    private final Lookups lookups;

    /// Knowledge of a program that runs with these maps.
    ///
    /// @param wide the regions of loads that the program itself does not have: see [WideLoads]
    public FactsKnowledge(Facts facts, List<BpfMap> maps, Map<Integer, Region> wide) {
        this.facts = facts;
        this.maps = maps;
        this.wide = wide;
        this.lookups = new Lookups(facts, maps);
    }

    /// The map lookups with keys by value.
    public Lookups lookups() {
        return lookups;
    }

    @Override
    public Branch branch(int pc) {
        Tri taken = facts.branch(pc);
        return switch (taken) {
            case YES -> Branch.ALWAYS;
            case NO -> Branch.NEVER;
            case MAYBE -> Branch.OPEN;
        };
    }

    @Override
    public Rep before(int pc, int reg) {
        return rep(facts.before(pc, reg));
    }

    @Override
    public Rep after(int pc, Insn insn) {
        if (insn instanceof Insn.LoadImm64 load
                && (load.kind() == WideKind.MAP_VALUE || load.kind() == WideKind.MAP_IDX_VALUE)) {
            Region values = values(load.imm());
            return values == null ? Rep.Plain.LONG : new Rep.Pointer(values, false);
        }
        return rep(facts.written(pc));
    }

    @Override
    public boolean positive(int pc, int reg) {
        return facts.before(pc, reg).isPositiveInt();
    }

    @Override
    public boolean atMost(int pc, int reg, int limit) {
        Value value = facts.before(pc, reg);
        return value.isPositiveInt() && value.bits().umax() <= limit;
    }

    @Override
    public boolean nonZero(int pc, int reg, boolean word) {
        Value value = facts.before(pc, reg);
        return word ? value.isLowNonZero() : value.isNonZero();
    }

    @Override
    public @Nullable Region region(int pc) {
        Access access = facts.access(pc);
        if (access == null || access.region() == null) {
            return wide.get(pc);
        }
        return switch (access.region()) {
            case CTX -> Region.Single.CONTEXT;
            case PACKET -> Region.Single.PACKET;
            case STACK, CALLER_STACK -> Region.Single.STACK;
            case MAP_VALUE -> values(access.map());
            case MAP_HANDLE, FUNCTION, MEM, OTHER -> null;
        };
    }

    @Override
    public int constantOffset(int pc) {
        Access access = facts.access(pc);
        if (access == null || access.region() == null || !access.isFixed()) {
            return Integer.MIN_VALUE;
        }
        return switch (access.region()) {
            case CTX, STACK -> (int) access.offset().value();
            case PACKET, CALLER_STACK, MAP_VALUE, MAP_HANDLE, FUNCTION, MEM, OTHER ->
                    Integer.MIN_VALUE;
        };
    }

    @Override
    public @Nullable Lookup lookup(int pc, Insn insn) {
        return lookups.at(pc, insn);
    }

    @Override
    public int callback(int pc) {
        return facts.function(pc, 2);
    }

    @Override
    public boolean isTrusted() {
        return true;
    }

    private Rep rep(Value value) {
        return switch (value) {
            case Value.Any _ -> Rep.Plain.LONG;
            case Value.Number(var scalar) ->
                    scalar.isConst()
                            ? new Rep.Constant(scalar.value())
                            : scalar.isU32() ? Rep.Plain.U32 : Rep.Plain.LONG;
            case Value.Pointer pointer -> rep(pointer);
        };
    }

    private Rep rep(Value.Pointer pointer) {
        if (pointer.region() == bpf4j.verifier.facts.Region.MAP_VALUE) {
            Region values = values(pointer.index());
            return values == null ? Rep.Plain.LONG : new Rep.Pointer(values, pointer.nullable());
        }
        if (pointer.nullable()) {
            return Rep.Plain.LONG;
        }
        boolean fixed = pointer.offset().isConst();
        int offset = fixed ? (int) pointer.offset().value() : 0;
        return switch (pointer.region()) {
            case CTX ->
                    fixed
                            ? new Rep.Constant(Address.of(Address.CONTEXT, offset))
                            : new Rep.Pointer(Region.Single.CONTEXT, false);
            case PACKET -> new Rep.Pointer(Region.Single.PACKET, false);
            case STACK ->
                    fixed ? new Rep.InFrame(offset) : new Rep.Pointer(Region.Single.STACK, false);
            case CALLER_STACK -> new Rep.Pointer(Region.Single.STACK, false);
            case MAP_HANDLE ->
                    pointer.index() >= 0 && pointer.index() < maps.size() && fixed && offset == 0
                            ? new Rep.Constant(maps.get(pointer.index()).handle())
                            : Rep.Plain.LONG;
            case MAP_VALUE, FUNCTION, MEM, OTHER -> Rep.Plain.LONG;
        };
    }

    /// The region of a map's values, where offsets in it fit an `int`.
    private @Nullable Region values(int map) {
        return map >= 0
                        && map < maps.size()
                        && maps.get(map).values().byteSize() <= Integer.MAX_VALUE
                ? new Region.Values(map)
                : null;
    }
}
