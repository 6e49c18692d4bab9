/// From a spec to a verified program with facts, or a rejection.
module bpf4j.verifier {
    requires transitive bpf4j.isa;
    requires static org.jspecify;

    exports bpf4j.verifier;
    exports bpf4j.verifier.domain;
    exports bpf4j.verifier.facts;
}
