/// Linux itself as a third engine, through bpf(2).
module bpf4j.kernel {
    requires transitive bpf4j.runtime;
    requires static transitive org.jspecify;

    exports bpf4j.kernel;
}
