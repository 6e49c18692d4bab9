/// Live things: memory regions, maps, helpers, contexts.
module bpf4j.runtime {
    requires transitive bpf4j.isa;
    requires static transitive org.jspecify;

    exports bpf4j.runtime;
    exports bpf4j.runtime.helper;
    exports bpf4j.runtime.map;
}
