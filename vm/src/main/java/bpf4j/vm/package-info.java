/// The facade that applications use: load, verify, compile, run.
@NullMarked
package bpf4j.vm;

import org.jspecify.annotations.NullMarked;
