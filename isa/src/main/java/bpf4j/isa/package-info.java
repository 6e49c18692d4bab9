/// Instructions: what they are, what they do, how they are written; and what a program declares.
@NullMarked
package bpf4j.isa;

import org.jspecify.annotations.NullMarked;
