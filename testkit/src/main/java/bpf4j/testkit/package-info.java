/// Program generators and differential checks, for tests.
@NullMarked
package bpf4j.testkit;

import org.jspecify.annotations.NullMarked;
