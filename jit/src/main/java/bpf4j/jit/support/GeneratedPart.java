package bpf4j.jit.support;

/// A part of a subprogram that is too large for one class. Generated classes extend this one.
public abstract class GeneratedPart {
    /// For the generated classes.
    protected GeneratedPart() {}

    /// Runs from the start of a block of this part.
    ///
    /// @return the block of another part to go on with, or -1 when the subprogram returned
    public abstract int run(Frame frame, int block);
}
