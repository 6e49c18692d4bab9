/// The eBPF instruction set (RFC 9669): instructions as data, what they mean, their wire form and
/// their text form.
@NullMarked
package bpf4j.isa;

import org.jspecify.annotations.NullMarked;
