/// Linux itself as a third engine, through bpf(2).
@NullMarked
package bpf4j.kernel;

import org.jspecify.annotations.NullMarked;
