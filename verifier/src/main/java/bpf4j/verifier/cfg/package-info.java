/// What is known of a program before it is explored: subprograms, jumps, loops, live registers.
@NullMarked
package bpf4j.verifier.cfg;

import org.jspecify.annotations.NullMarked;
