/// What a program can be in: registers, stack slots, frames, references.
@NullMarked
package bpf4j.verifier.state;

import org.jspecify.annotations.NullMarked;
