/// What a program declares, before anything is live: programs, maps, program types, contexts and
/// helper prototypes. Everything here is immutable data.
@NullMarked
package bpf4j.spec;

import org.jspecify.annotations.NullMarked;
