/// Differential fuzzing: the same programs on the interpreter, the JIT and Linux, the verifier's
/// verdicts against Linux's, and every step against the verifier's facts.
@NullMarked
package bpf4j.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
