/// What a refusal says: its rule, its causes, its remedy.
@NullMarked
package bpf4j.verifier.report;

import org.jspecify.annotations.NullMarked;
