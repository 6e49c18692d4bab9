/// Which paths are explored, and when exploring can stop.
@NullMarked
package bpf4j.verifier.explore;

import org.jspecify.annotations.NullMarked;
