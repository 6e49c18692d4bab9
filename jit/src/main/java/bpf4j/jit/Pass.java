package bpf4j.jit;

/// A part of what the compiler does for speed alone. Tests and measurements leave some out.
enum Pass {
    /// Numbers put together from bytes are loaded at once.
    WIDE_LOADS,
    /// Instructions whose results nobody reads are left out.
    DEAD_CODE,
    /// Stack slots live in local variables.
    STACK_SLOTS,
    /// Keys of map lookups are passed by value; lookups in arrays are inlined.
    KEYS_BY_VALUE,
    /// Numbers below 2^32 and places in known regions live in `int`s, constants nowhere.
    NARROW_VALUES,
    /// Comparisons of numbers below 2^31 are signed, and loops end by an order.
    SIGNED_COMPARISONS
}
