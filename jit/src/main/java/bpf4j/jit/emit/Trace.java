package bpf4j.jit.emit;

/// Sees what is written while a program is compiled.
@FunctionalInterface
public interface Trace {
    /// Ignores it.
    Trace NONE = bytes -> {};

    /// A class file, before it is defined.
    void classFile(byte[] bytes);

    /// What follows belongs to the BPF instruction at slot `pc`; -1 for what surrounds them.
    default void at(int pc) {}

    /// A bytecode instruction as text.
    default void wrote(String instruction) {}
}
