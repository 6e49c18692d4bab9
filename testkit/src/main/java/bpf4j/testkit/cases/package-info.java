/// Cases: a program, its maps and its runs as one piece of data, and the engines that judge and run
/// them.
@NullMarked
package bpf4j.testkit.cases;

import org.jspecify.annotations.NullMarked;
