/// Checks that what analyses say of a program holds whenever it runs.
@NullMarked
package bpf4j.testkit.containment;

import org.jspecify.annotations.NullMarked;
