/// Our verifier beside Linux's.
@NullMarked
package bpf4j.perf.verifier;

import org.jspecify.annotations.NullMarked;
