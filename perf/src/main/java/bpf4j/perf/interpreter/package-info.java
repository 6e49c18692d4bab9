/// Benchmarks of the interpreter.
@NullMarked
package bpf4j.perf.interpreter;

import org.jspecify.annotations.NullMarked;
