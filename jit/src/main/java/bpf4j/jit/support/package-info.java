/// What generated code is made of and calls at run time. Generated classes live in this package.
@NullMarked
package bpf4j.jit.support;

import org.jspecify.annotations.NullMarked;
