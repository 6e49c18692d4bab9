/// What holds whenever an accepted program runs: facts that an engine may rely on. Computed by a
/// pass of its own that joins all paths and prunes none, so nothing here depends on which paths the
/// verdict's search visited.
@NullMarked
package bpf4j.verifier.facts;

import org.jspecify.annotations.NullMarked;
