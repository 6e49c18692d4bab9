/// Speed of reading and writing instructions.
@NullMarked
package bpf4j.perf.isa;

import org.jspecify.annotations.NullMarked;
