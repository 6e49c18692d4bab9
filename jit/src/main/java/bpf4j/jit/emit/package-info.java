/// Writes bytecode; the only package that knows ASM.
@NullMarked
package bpf4j.jit.emit;

import org.jspecify.annotations.NullMarked;
