/// Live things: memory regions, maps, helpers, contexts.
module bpf4j.runtime {
    requires transitive bpf4j.isa;
    requires static transitive org.jspecify;

    exports bpf4j.runtime;
}
