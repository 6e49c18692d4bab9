/// The reference engine, which checks everything.
module bpf4j.interpreter {
    requires transitive bpf4j.runtime;
    requires transitive bpf4j.verifier;
    requires static org.jspecify;

    exports bpf4j.interpreter;
}
