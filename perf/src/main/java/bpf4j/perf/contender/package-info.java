/// Those that are compared: our engines, and everything else that can run the same program.
@NullMarked
package bpf4j.perf.contender;

import org.jspecify.annotations.NullMarked;
