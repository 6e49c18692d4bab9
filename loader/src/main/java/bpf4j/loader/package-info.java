/// ELF, BTF and CO-RE: from an object file to specs.
@NullMarked
package bpf4j.loader;

import org.jspecify.annotations.NullMarked;
