/// Instructions: what they are, what they do, how they are written; and what a program declares.
module bpf4j.isa {
    requires static org.jspecify;

// exports bpf4j.isa; (as soon as it has a public class)
// exports bpf4j.spec; (as soon as it has a public class)
// exports bpf4j.btf; (as soon as it has a public class)
}
