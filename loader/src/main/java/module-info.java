/// ELF, BTF and CO-RE: from an object file to specs.
module bpf4j.loader {
    requires transitive bpf4j.isa;
    requires static org.jspecify;

    exports bpf4j.loader;
}
