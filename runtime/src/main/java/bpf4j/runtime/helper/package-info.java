/// Linux's helpers and kernel functions.
@NullMarked
package bpf4j.runtime.helper;

import org.jspecify.annotations.NullMarked;
