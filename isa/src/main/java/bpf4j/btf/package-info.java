/// The BPF Type Format as data (Linux `include/uapi/linux/btf.h`).
@NullMarked
package bpf4j.btf;

import org.jspecify.annotations.NullMarked;
