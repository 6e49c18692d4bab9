/// Live things: memory regions, maps, helpers, contexts.
@NullMarked
package bpf4j.runtime;

import org.jspecify.annotations.NullMarked;
