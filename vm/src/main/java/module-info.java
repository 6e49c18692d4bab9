/// The facade that applications use: load, verify, compile, run.
module bpf4j.vm {
    requires transitive bpf4j.isa;
    requires transitive bpf4j.loader;
    requires transitive bpf4j.runtime;
    requires transitive bpf4j.verifier;
    requires transitive bpf4j.interpreter;
    requires transitive bpf4j.jit;
    requires static transitive org.jspecify;

    exports bpf4j.vm;
    exports bpf4j.vm.capture;
}
