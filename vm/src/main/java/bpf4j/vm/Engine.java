package bpf4j.vm;

import bpf4j.interpreter.Interpreter;
import bpf4j.jit.Jit;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.LoadedProgram;
import bpf4j.verifier.Executable;

/// What runs programs.
public enum Engine {
    /// Compiles a program to a hidden class, which HotSpot compiles to native code.
    JIT {
        @Override
        public LoadedProgram load(Executable program, Bindings bindings) {
            return Jit.load(program, bindings);
        }
    },
    /// The reference engine: checks every access, starts at once.
    INTERPRETER {
        @Override
        public LoadedProgram load(Executable program, Bindings bindings) {
            return Interpreter.load(program, bindings);
        }
    };

    /// Makes a program ready to run: a verified one with its facts, a checked one with every access
    /// checked.
    public abstract LoadedProgram load(Executable program, Bindings bindings);
}
