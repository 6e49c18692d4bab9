/// Values that a register or stack slot may hold, as abstract sets: known bits and ranges.
@NullMarked
package bpf4j.verifier.domain;

import org.jspecify.annotations.NullMarked;
