/// Benchmarks and peers.
@NullMarked
package bpf4j.perf;

import org.jspecify.annotations.NullMarked;
