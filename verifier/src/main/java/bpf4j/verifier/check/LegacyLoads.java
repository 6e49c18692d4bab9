package bpf4j.verifier.check;

import bpf4j.spec.ProgramType.Trait;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

/// `LD_ABS` and `LD_IND`: loads from the packet that end the function when they fail.
final class LegacyLoads {
    private final Env env;
    private final Memory memory;
    private final Calls calls;

    LegacyLoads(Env env, Memory memory, Calls calls) {
        this.env = env;
        this.memory = memory;
        this.calls = calls;
    }

    /// Loads; returns the next instruction.
    ///
    /// @param index the register that is added to the offset, or -1
    int load(int index) {
        if (!env.spec.type().is(Trait.LEGACY_PACKET_LOADS)) {
            throw refuse("BPF_LD_[ABS|IND] instructions not allowed for this program type");
        }
        for (int f = env.state.current; f > 0; f--) {
            if (env.state.frame(f).inCallback) {
                throw refuse("cannot use BPF_LD_[ABS|IND] within callback");
            }
        }
        Reg context = env.readable(6);
        calls.checkResources("BPF_LD_[ABS|IND]", true);
        if (context.kind != Kind.CTX) {
            throw refuse("at the time of BPF_LD_ABS|IND R6 != pointer to skb");
        }
        if (index >= 0) {
            env.readable(index);
        }
        memory.checkPointerOffset(context, 6, false);
        env.clobberCallerSaved();
        env.set(0, Reg.UNKNOWN);
        if (env.state.current > 0) {
            env.fork(env.pc + 1);
            env.set(0, Reg.ZERO);
            return calls.leave();
        }
        return env.pc + 1;
    }

    private static Violation refuse(String text) {
        return Violation.invalid(Rule.LEGACY_LOAD, -1, text);
    }
}
