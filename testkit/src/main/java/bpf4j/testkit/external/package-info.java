/// Other implementations of eBPF, as processes that run programs for us.
@NullMarked
package bpf4j.testkit.external;

import org.jspecify.annotations.NullMarked;
