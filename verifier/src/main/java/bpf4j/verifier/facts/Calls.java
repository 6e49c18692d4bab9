package bpf4j.verifier.facts;

import bpf4j.isa.Insn;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Callbacks;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What calls do to a frame: results, and which bytes of its stack others may read or write.
final class Calls {
    /// `bpf_tail_call`.
    static final int TAIL_CALL = 12;

    /// The most rounds of `bpf_loop`.
    private static final long MAX_LOOPS = 1 << 23;

    private static final long END = Long.MAX_VALUE;

    /// Lower than any byte of a frame: a subprogram may step back from an address that it gets.
    private static final long BELOW = -(1L << 32);

    private final ProgramSpec spec;

    /// Whether a lookup in any of the program's maps gives a value in it.
    private final boolean onlyValues;

    Calls(ProgramSpec spec) {
        this.spec = spec;
        onlyValues = spec.maps().stream().allMatch(Calls::holdsValues);
    }

    private static boolean holdsValues(MapSpec map) {
        return switch (map.type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS, SOCKMAP, SOCKHASH, XSKMAP, REUSEPORT_SOCKARRAY ->
                    false;
            default -> true;
        };
    }

    /// What the caller of these rules does with what they find.
    interface Listener {
        /// A subprogram is called with r1 to r5 (index 1 to 5).
        void call(int target, Value[] args);

        /// What subprograms return that begin at a slot; null when none has returned so far.
        @Nullable Value result(int target);

        /// Every function whose address the program takes may be called with anything.
        void callAnything();

        /// Bytes of this frame, by offsets from r10, may be read or written by others.
        void expose(long from, long to);
    }

    /// Executes a call; false when it does not return as far as known.
    boolean execute(FrameState state, int pc, Insn insn, Listener listener) {
        return switch (insn) {
            case Insn.CallHelper call -> {
                helper(state, pc, call, listener);
                yield true;
            }
            case Insn.CallLocal call -> local(state, pc, pc + 1 + call.offset(), listener);
            case Insn.CallKfunc _ -> {
                for (int reg = 1; reg <= 5; reg++) {
                    Value arg = state.regs[reg];
                    if (arg instanceof Pointer p && p.region() == Region.FUNCTION) {
                        callback(p.index(), unknownArgs(), listener);
                    }
                    if (arg == Any.MIXED) {
                        listener.callAnything();
                    }
                    lend(state, arg, 0, END, true, listener);
                }
                leave(state, Any.MIXED);
                yield true;
            }
            case Insn.CallReg _ -> {
                for (int reg = 1; reg <= 5; reg++) {
                    lend(state, state.regs[reg], 0, END, true, listener);
                }
                listener.callAnything();
                leave(state, Any.MIXED);
                yield true;
            }
            default -> throw new AssertionError(insn);
        };
    }

    private static void leave(FrameState state, Value result) {
        Transfer.clobber(state);
        state.regs[0] = result;
    }

    private boolean local(FrameState state, int pc, int target, Listener listener) {
        Value[] args = unknownArgs();
        for (int reg = 1; reg <= 5; reg++) {
            args[reg] = Values.toCallee(state.regs[reg]);
            lend(state, state.regs[reg], BELOW, END, true, listener);
        }
        listener.call(target, args);
        state.forgetIfLeaky();
        Value result = listener.result(target);
        state.dropOrigin(pc);
        if (result == null) {
            return false;
        }
        leave(state, Values.toCaller(result));
        if (state.regs[0] instanceof Pointer p && p.nullable()) {
            state.regs[0] = Values.nullable(p, pc);
            state.hasOrigin(pc);
        }
        return true;
    }

    /// Another gets an address: if it is one in this frame, `[from, to)` from there is exposed. An
    /// address that is not typed may be one in this frame too.
    private static void lend(
            FrameState state, Value value, long from, long to, boolean written, Listener listener) {
        if (value instanceof Pointer p && p.region() == Region.STACK) {
            long least = Math.max(p.offset().smin(), BELOW) + from;
            long most = to == END || p.offset().smax() > 0 ? END : p.offset().smax() + to;
            listener.expose(least, most);
            if (written) {
                state.forget(least, most);
            }
        } else if (written && Values.mayBeOwnStack(value)) {
            state.forgetIfLeaky();
        }
    }

    private void helper(FrameState state, int pc, Insn.CallHelper call, Listener listener) {
        HelperSpec helper = spec.type().helper(call.id());
        Value result;
        if (helper == null) {
            for (int reg = 1; reg <= 5; reg++) {
                lend(state, state.regs[reg], BELOW, END, true, listener);
            }
            listener.callAnything();
            result = Any.MIXED;
        } else {
            for (int i = 0; i < helper.args().size(); i++) {
                argument(state, call.id(), helper, i, listener);
            }
            result = result(state, pc, helper);
        }
        state.dropOrigin(pc);
        state.hasOrigin(pc);
        leave(state, result);
    }

    private void argument(
            FrameState state, int id, HelperSpec helper, int index, Listener listener) {
        Arg arg = helper.args().get(index);
        Value value = state.regs[index + 1];
        boolean written =
                arg.flags().contains(ArgFlag.WRITE) || arg.flags().contains(ArgFlag.UNINIT);
        switch (arg.kind()) {
            case CONST_MAP_PTR, CTX, CONST_SIZE, CONST_SIZE_OR_ZERO, CONST_ALLOC_SIZE_OR_ZERO -> {}
            case FUNC -> callback(state, id, value, listener);
            case MAP_KEY -> {
                MapSpec map = map(state, helper);
                lend(state, value, 0, map == null ? END : map.keySize(), written, listener);
            }
            case MAP_VALUE -> {
                MapSpec map = map(state, helper);
                lend(state, value, 0, map == null ? END : map.valueSize(), written, listener);
            }
            case FIXED_MEM ->
                    lend(state, value, 0, arg.size() > 0 ? arg.size() : END, written, listener);
            case MEM -> lend(state, value, 0, sizeAfter(state, helper, index), written, listener);
            case ANYTHING -> {
                // A helper such as probe_read may read wherever an address leads.
                if (value instanceof Pointer p && p.region() == Region.STACK) {
                    lend(state, value, BELOW, END, true, listener);
                }
            }
            // A callback may step back from the address that it is given, as a subprogram may.
            default -> lend(state, value, BELOW, END, true, listener);
        }
    }

    /// The most bytes that the size argument after a memory argument permits.
    private static long sizeAfter(FrameState state, HelperSpec helper, int index) {
        boolean sized =
                index + 1 < helper.args().size()
                        && switch (helper.args().get(index + 1).kind()) {
                            case CONST_SIZE, CONST_SIZE_OR_ZERO -> true;
                            default -> false;
                        };
        Scalar size = sized ? state.regs[index + 2].bits() : Scalar.UNKNOWN;
        return size.umax() >>> 32 == 0 ? size.umax() : END;
    }

    /// The map that a helper is called with, where it is always the same.
    private @Nullable MapSpec map(FrameState state, HelperSpec helper) {
        for (int i = 0; i < helper.args().size(); i++) {
            if (helper.args().get(i).kind() == ArgKind.CONST_MAP_PTR) {
                int index = mapIndex(state.regs[i + 1]);
                return index < 0 || index >= spec.maps().size() ? null : spec.maps().get(index);
            }
        }
        return null;
    }

    private static int mapIndex(Value value) {
        return value instanceof Pointer p && p.region() == Region.MAP_HANDLE ? p.index() : -1;
    }

    private static Value[] unknownArgs() {
        Value[] args = new Value[6];
        Arrays.fill(args, Any.MIXED);
        return args;
    }

    private static void callback(int target, Value[] args, Listener listener) {
        if (target < 0) {
            listener.callAnything();
        } else {
            listener.call(target, args);
        }
    }

    private static void callback(FrameState state, int id, Value function, Listener listener) {
        int target =
                function instanceof Pointer p && p.region() == Region.FUNCTION ? p.index() : -1;
        state.forgetIfLeaky();
        Value[] args = unknownArgs();
        if (id == Callbacks.LOOP) {
            args[1] = new Number(Scalar.unsignedRange(0, MAX_LOOPS));
            args[2] = Values.toCallee(state.regs[3]);
        } else if (id == Callbacks.FOR_EACH_MAP_ELEM) {
            Value map = state.regs[1];
            args[1] = Values.toCallee(map);
            args[3] = Pointer.to(Region.MAP_VALUE, mapIndex(map), 0);
            args[4] = Values.toCallee(state.regs[3]);
        }
        callback(target, args, listener);
    }

    private Value result(FrameState state, int pc, HelperSpec helper) {
        return switch (helper.returns()) {
            case INTEGER -> Number.UNKNOWN;
            case MAP_VALUE -> value(state, pc, helper, false);
            case MAP_VALUE_OR_NULL -> value(state, pc, helper, true);
            case RINGBUF_MEM_OR_NULL -> new Pointer(Region.MEM, -1, Scalar.ZERO, true, pc);
            case SOCKET_OR_NULL, TCP_SOCK_OR_NULL, SOCK_COMMON_OR_NULL ->
                    new Pointer(Region.OTHER, -1, Scalar.ZERO, true, pc);
            case VOID,
                    DYNPTR_MEM_OR_NULL,
                    MEM_OR_BTF_ID,
                    MEM_OR_BTF_ID_OR_NULL,
                    BTF_ID,
                    BTF_ID_OR_NULL,
                    BTF_ID_TRUSTED ->
                    Any.MIXED;
        };
    }

    private Value value(FrameState state, int pc, HelperSpec helper, boolean nullable) {
        Value handle = Any.MIXED;
        for (int i = 0; i < helper.args().size(); i++) {
            if (helper.args().get(i).kind() == ArgKind.CONST_MAP_PTR) {
                handle = state.regs[i + 1];
                break;
            }
        }
        if (!(handle instanceof Pointer p) || p.region() != Region.MAP_HANDLE) {
            return Any.MIXED;
        }
        if (p.index() < 0 || p.index() >= spec.maps().size()) {
            Region region = onlyValues ? Region.MAP_VALUE : Region.MEM;
            return new Pointer(region, -1, Scalar.ZERO, nullable, pc);
        }
        return switch (spec.maps().get(p.index()).type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS ->
                    new Pointer(Region.MAP_HANDLE, -1, Scalar.ZERO, nullable, pc);
            case SOCKMAP, SOCKHASH, XSKMAP, REUSEPORT_SOCKARRAY ->
                    new Pointer(Region.OTHER, -1, Scalar.ZERO, nullable, pc);
            default -> new Pointer(Region.MAP_VALUE, p.index(), Scalar.ZERO, nullable, pc);
        };
    }
}
