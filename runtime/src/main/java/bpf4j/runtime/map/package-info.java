/// The map types.
@NullMarked
package bpf4j.runtime.map;

import org.jspecify.annotations.NullMarked;
