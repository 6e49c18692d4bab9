/// What an instruction needs and what it changes.
@NullMarked
package bpf4j.verifier.check;

import org.jspecify.annotations.NullMarked;
