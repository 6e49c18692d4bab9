/// Pcap filter expressions and classic BPF: from text to a spec.
module bpf4j.filter {
    requires transitive bpf4j.isa;
    requires static org.jspecify;

// exports bpf4j.filter; (as soon as it has a public class)
}
