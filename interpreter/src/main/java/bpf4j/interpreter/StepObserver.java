package bpf4j.interpreter;

/// Watches a program run, instruction by instruction.
@FunctionalInterface
public interface StepObserver {
    /// Called before each instruction.
    ///
    /// @param pc the slot of the instruction
    /// @param frame the frame that runs, 0 for the program's entry
    /// @param registers r0 to r10, to read only; the array has 16 elements and is used again
    void step(int pc, int frame, long[] registers);
}
