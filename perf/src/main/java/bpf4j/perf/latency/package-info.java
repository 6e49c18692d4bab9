/// How long it takes until the first packet, and until a program is as fast as it will be.
@NullMarked
package bpf4j.perf.latency;

import org.jspecify.annotations.NullMarked;
