/// The comparison of everything that can run the same programs. What is here is loaded once; the
/// contenders are loaded once for each of them ([bpf4j.perf.compare.IsolatedLoader]).
@NullMarked
package bpf4j.perf.compare;

import org.jspecify.annotations.NullMarked;
