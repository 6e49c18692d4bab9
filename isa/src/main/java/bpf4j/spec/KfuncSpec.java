package bpf4j.spec;

import java.util.List;
import java.util.Set;

/// The prototype of a kfunc, which programs call by name.
///
/// @param args the arguments in r1 and on, at most 5
/// @param programTypes the names of the program types that may call it; empty for all
public record KfuncSpec(
        String name,
        Return returns,
        List<HelperSpec.Arg> args,
        Role role,
        Set<String> programTypes) {

    public KfuncSpec {
        args = List.copyOf(args);
        programTypes = Set.copyOf(programTypes);
    }

    /// Whether programs of a type may call it.
    public boolean allowedIn(ProgramType type) {
        return programTypes.isEmpty() || programTypes.contains(type.name());
    }

    /// What r0 is afterwards.
    public enum Return {
        VOID,
        INTEGER,
        /// 4 bytes that may be read, or null.
        MEM4_OR_NULL,
        /// As many bytes as the buffer argument has, or null.
        SLICE_OR_NULL
    }

    /// What a call does beyond its arguments and result.
    public enum Role {
        PLAIN,
        ITER_NEW,
        ITER_NEXT,
        ITER_DESTROY,
        /// Returns memory of the dynptr that may only be read.
        SLICE,
        /// Returns memory of the dynptr that may be written.
        SLICE_RDWR,
        /// The second dynptr becomes one of the kind of the first.
        CLONE,
        RCU_LOCK,
        RCU_UNLOCK,
        PREEMPT_DISABLE,
        PREEMPT_ENABLE
    }
}
