package bpf4j.interpreter;

import bpf4j.runtime.Bindings;
import bpf4j.runtime.LoadedProgram;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Executable;

import org.jspecify.annotations.Nullable;

/// The reference engine: runs programs instruction by instruction and checks every memory access,
/// whether they are verified or not. It counts every instruction against
/// [bpf4j.runtime.Execution#fuel].
public final class Interpreter {
    private Interpreter() {}

    /// Makes a program ready to run.
    public static LoadedProgram load(Executable program, Bindings bindings) {
        return load(program.spec(), bindings, null);
    }

    /// Makes a program ready to run while `observer` watches every instruction. Slower; for tests
    /// and debuggers.
    public static LoadedProgram load(Executable program, Bindings bindings, StepObserver observer) {
        return load(program.spec(), bindings, observer);
    }

    private static LoadedProgram load(
            ProgramSpec spec, Bindings bindings, @Nullable StepObserver observer) {
        Translator translator = new Translator(spec, bindings);
        long[] code = translator.translate();
        return new PackedProgram(
                code, translator.functions(), bindings.helpers(), spec.type().context(), observer);
    }
}
