/// Pcap filter expressions and classic BPF: from text to a spec.
@NullMarked
package bpf4j.filter;

import org.jspecify.annotations.NullMarked;
