package bpf4j.jit.ir;

/// Which stack accesses of a subprogram go to local variables instead of memory. Adjacent slots
/// have adjacent variables, so that a wide access covers a range of them.
public interface Slots {
    /// All stack accesses go to memory.
    Slots NONE =
            new Slots() {
                @Override
                public int first(int pc) {
                    return 0;
                }

                @Override
                public int count(int pc) {
                    return 0;
                }

                @Override
                public boolean inMemoryToo(int pc) {
                    return false;
                }

                @Override
                public int bytes(int variable) {
                    throw new IllegalArgumentException("no slots");
                }
            };

    /// The variable of the lowest slot that the instruction at `pc` accesses.
    int first(int pc);

    /// The number of slots that the instruction at `pc` accesses, 0 when it accesses memory.
    int count(int pc);

    /// Whether the store at `pc` also goes to memory, where a helper reads it.
    boolean inMemoryToo(int pc);

    /// The size of a slot: 1, 2, 4 or 8.
    int bytes(int variable);
}
