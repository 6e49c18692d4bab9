/// The reference engine, which checks everything.
@NullMarked
package bpf4j.interpreter;

import org.jspecify.annotations.NullMarked;
