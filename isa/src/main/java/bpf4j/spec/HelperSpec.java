package bpf4j.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The prototype of a helper: what the verifier checks of a call and what the call leaves behind
/// (Linux: `struct bpf_func_proto`).
///
/// @param id Linux's number, or one of the user's at or above [#FIRST_USER_ID]
/// @param args the arguments in r1 and on, at most 5
public record HelperSpec(int id, String name, Return returns, List<Arg> args, Set<Trait> traits) {
    /// The first number for helpers that a user registers.
    public static final int FIRST_USER_ID = 0x10000;

    public HelperSpec {
        args = List.copyOf(args);
        traits = Set.copyOf(traits);
        if (args.size() > 5) {
            throw new IllegalArgumentException(name + ": a helper takes at most 5 arguments");
        }
    }

    /// An argument.
    ///
    /// @param size for [ArgKind#FIXED_MEM] the number of bytes, else 0
    public record Arg(ArgKind kind, Set<ArgFlag> flags, int size) {
        public Arg {
            flags = flags.isEmpty() ? EnumSet.noneOf(ArgFlag.class) : EnumSet.copyOf(flags);
        }
    }

    /// What an argument must be (Linux: `enum bpf_arg_type`, without its flags).
    public enum ArgKind {
        ANYTHING,
        CONST_MAP_PTR,
        MAP_KEY,
        MAP_VALUE,
        /// Memory whose size is the next argument.
        MEM,
        /// Memory of a fixed size.
        FIXED_MEM,
        /// The size of the memory before it.
        CONST_SIZE,
        CONST_SIZE_OR_ZERO,
        CTX,
        SPIN_LOCK,
        SOCK_COMMON,
        SOCKET,
        BTF_ID,
        /// A socket of the kernel's `struct sock_common` BTF type, or any of the above.
        BTF_ID_SOCK_COMMON,
        RINGBUF_MEM,
        /// A constant that becomes the size of the memory returned.
        CONST_ALLOC_SIZE_OR_ZERO,
        PERCPU_BTF_ID,
        FUNC,
        STACK,
        CONST_STR,
        TIMER,
        KPTR,
        DYNPTR,
        /// An iterator on the stack (kfuncs only).
        ITER,
        /// A scalar known at load time (kfuncs only).
        CONST,
        /// Anything, even a register that holds nothing (kfuncs only).
        IGNORED,
        /// Memory or null whose size is the constant after it (kfuncs only).
        SLICE
    }

    /// How an argument is restricted or changed.
    public enum ArgFlag {
        NULLABLE,
        /// The helper writes it: it need not be initialised (`MEM_UNINIT`).
        UNINIT,
        /// The helper writes it (`MEM_WRITE`).
        WRITE,
        /// The helper only reads it.
        RDONLY,
        /// The helper releases the reference held by it (`OBJ_RELEASE`).
        RELEASE,
        /// Must be aligned to its size (`MEM_ALIGNED`).
        ALIGNED,
        DYNPTR_LOCAL,
        DYNPTR_RINGBUF,
        DYNPTR_SKB,
        DYNPTR_XDP,
        /// A `struct bpf_iter_num` of 8 bytes.
        ITER_NUM,
        /// A `struct bpf_iter_bits` of 16 bytes.
        ITER_BITS
    }

    /// What r0 is afterwards (Linux: `enum bpf_return_type`).
    public enum Return {
        INTEGER,
        VOID,
        MAP_VALUE,
        MAP_VALUE_OR_NULL,
        SOCKET_OR_NULL,
        TCP_SOCK_OR_NULL,
        SOCK_COMMON_OR_NULL,
        RINGBUF_MEM_OR_NULL,
        DYNPTR_MEM_OR_NULL,
        MEM_OR_BTF_ID,
        MEM_OR_BTF_ID_OR_NULL,
        BTF_ID,
        BTF_ID_OR_NULL,
        BTF_ID_TRUSTED
    }

    /// What else a call does or needs.
    public enum Trait {
        GPL_ONLY,
        /// Moves the packet: pointers into it are invalid afterwards.
        CHANGES_PACKET,
        /// May read and write packet memory through its memory arguments (`pkt_access`).
        PACKET_ACCESS,
        MIGHT_SLEEP,
        /// Acquires a reference that must be released.
        ACQUIRES,
        /// A load policy must grant [ProgramType.Capability#BPF].
        NEEDS_BPF,
        /// A load policy must grant [ProgramType.Capability#PERFMON].
        NEEDS_PERFMON,
        /// Leaves r1 to r5 alone where the compiler asked for it (`bpf_fastcall`).
        FASTCALL
    }

    /// Whether the helper has a trait.
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
