package bpf4j.verifier.domain;

/// An answer that may be open.
public enum Tri {
    YES,
    NO,
    MAYBE
}
