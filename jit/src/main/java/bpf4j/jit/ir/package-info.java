/// What the compiler finds out about a program before it writes bytecode: blocks, liveness, and how
/// each value is represented.
@NullMarked
package bpf4j.jit.ir;

import org.jspecify.annotations.NullMarked;
