/// The bpf4j command.
@NullMarked
package bpf4j.cli;

import org.jspecify.annotations.NullMarked;
