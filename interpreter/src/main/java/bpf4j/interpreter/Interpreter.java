package bpf4j.interpreter;

import bpf4j.runtime.Bindings;
import bpf4j.runtime.LoadedProgram;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

/// The reference engine: runs programs instruction by instruction and checks every memory access,
/// whether they are verified or not.
public final class Interpreter {
    private Interpreter() {}

    /// Makes a program ready to run, checked or not: the interpreter trusts neither.
    static LoadedProgram load(
            ProgramSpec spec, Bindings bindings, @Nullable StepObserver observer) {
        Translator translator = new Translator(spec, bindings);
        long[] code = translator.translate();
        return new PackedProgram(
                code,
                translator.functions(),
                bindings.helpers(),
                spec.type().context(),
                observer);
    }
}
