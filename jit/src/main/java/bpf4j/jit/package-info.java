/// From a verified program to a hidden class.
@NullMarked
package bpf4j.jit;

import org.jspecify.annotations.NullMarked;
