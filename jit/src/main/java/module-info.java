/// From a verified program to a hidden class.
module bpf4j.jit {
    requires transitive bpf4j.runtime;
    requires transitive bpf4j.verifier;
    requires org.objectweb.asm;
    requires static org.jspecify;

    exports bpf4j.jit;
}
