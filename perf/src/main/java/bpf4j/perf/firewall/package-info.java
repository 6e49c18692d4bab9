/// The example firewall, by hand and as a program, side by side.
@NullMarked
package bpf4j.perf.firewall;

import org.jspecify.annotations.NullMarked;
