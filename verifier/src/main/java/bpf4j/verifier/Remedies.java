package bpf4j.verifier;

import bpf4j.verifier.report.Rule;

/// What to change in a program that broke a rule.
final class Remedies {
    private Remedies() {}

    static String suggestion(Rule rule) {
        return switch (rule) {
            case NULL_DEREFERENCE ->
                    "compare the pointer with NULL right after it was obtained, and leave if it"
                            + " is";
            case PACKET_BOUNDS ->
                    "before the access: if (pointer + size > data_end) return; with the same"
                            + " pointer";
            case OUT_OF_BOUNDS ->
                    "check the offset against the size of the memory, or mask it: i &= SIZE - 1";
            case UNBOUNDED ->
                    "use an unsigned index and bound it: if (i >= SIZE) return; or i &= SIZE - 1";
            case UNREADABLE_REGISTER ->
                    "initialise the variable on every path; calls lose r1 to r5";
            case UNINITIALISED_STACK ->
                    "initialise the variable, its padding included: struct x v = {};";
            case STACK_BOUNDS, STACK_DEPTH ->
                    "use less stack: move large buffers into a per-CPU array";
            case REFERENCE_LEAK ->
                    "release it before every return (bpf_sk_release, bpf_ringbuf_submit or"
                            + " discard, the iterator's destroy)";
            case REFERENCE -> "pass exactly the pointer that was acquired, once, not moved";
            case RETURN_VALUE -> "return one of the values that the program type defines";
            case INFINITE_LOOP, TOO_COMPLEX, TOO_MANY_BRANCHES ->
                    "give the loop a constant bound and fewer branches, use bpf_loop or bpf_for,"
                            + " or move a part into a global function";
            case POINTER_LEAK, POINTER_COMPARISON ->
                    "keep pointers out of numbers and maps, or load under a policy that grants"
                            + " PERFMON";
            case MISALIGNED -> "access the field at its natural alignment, or byte by byte";
            case CONTEXT_ACCESS ->
                    "use the fields of the context struct, in their own size and at their offset";
            case READ_ONLY_MEMORY -> "write to a copy, or to memory that may be written";
            case SPECIAL_FIELD -> "use the helpers for this field";
            case POINTER_ARITHMETIC ->
                    "add only bounded numbers to pointers, and none to pointers that may be NULL";
            case LICENCE -> "declare char LICENSE[] SEC(\"license\") = \"GPL\";";
            case HELPER_NOT_PERMITTED, UNKNOWN_HELPER ->
                    "use a helper that programs of this type may call";
            case MAP_AND_HELPER -> "pass a map of the type that the helper works on";
            case LOCK -> "release the lock before calls and before every return";
            case UNREACHABLE -> "remove the instruction, or a jump that skips it";
            case PERMISSION -> "load under a policy that grants this";
            case MIXED_POINTERS -> "give each kind of pointer an access of its own";
            case NOT_A_POINTER ->
                    "use a pointer that is valid here; pointers into the packet are lost when a"
                            + " helper moves it: load data and data_end again";
            case HELPER_ARGUMENT ->
                    "give the helper what its prototype asks for; bound a size before the call:"
                            + " if (n == 0 || n > SIZE) return;";
            case DIVISION -> "divide by something that is not the constant 0";
            case CALL_DEPTH -> "nest at most 8 calls";
            default -> "";
        };
    }
}
