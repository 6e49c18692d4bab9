package bpf4j.testkit.generate;

/// How large and how varied a generated program is.
///
/// @param actions pieces of the main body; a piece is one to a dozen instructions
/// @param depth how deep branches and loops nest
/// @param loops whether there are bounded loops
/// @param packet whether the packet is read and written
/// @param maps whether maps are used
/// @param calls whether there are subprograms
public record Shape(
        int actions, int depth, boolean loops, boolean packet, boolean maps, boolean calls) {
    /// About 100 instructions with everything.
    public static final Shape FULL = new Shape(24, 3, true, true, true, true);

    /// A few arithmetic instructions and branches.
    public static final Shape SMALL = new Shape(8, 2, false, false, false, false);
}
