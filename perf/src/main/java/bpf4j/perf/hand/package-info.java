/// The programs of the comparison as one would write them in Java.
@NullMarked
package bpf4j.perf.hand;

import org.jspecify.annotations.NullMarked;
