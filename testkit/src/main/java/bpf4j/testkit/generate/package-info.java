/// Programs made at random: valid by construction, or with one thing wrong.
@NullMarked
package bpf4j.testkit.generate;

import org.jspecify.annotations.NullMarked;
