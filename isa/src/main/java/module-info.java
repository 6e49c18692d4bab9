/// Instructions: what they are, what they do, how they are written; and what a program declares.
module bpf4j.isa {
    requires static transitive org.jspecify;

    exports bpf4j.btf;
    exports bpf4j.isa;
    exports bpf4j.spec;
}
