/// From a spec to a verified program with facts, or a rejection.
@NullMarked
package bpf4j.verifier;

import org.jspecify.annotations.NullMarked;
