// `struct bpf4j_task` with its fields inside anonymous structs and unions.
#include <linux/types.h>

struct bpf4j_point {
	int x;
	int y;
};

enum bpf4j_state { BPF4J_BUSY = -2, BPF4J_GONE = 5 };

struct bpf4j_task {
	union {
		long first;
		struct {
			unsigned int flags;
			unsigned int pid;
		};
	};
	struct {
		union {
			struct {
				char pad[5];
				unsigned char counter;
				int optional;
			};
			struct bpf4j_point where;
		};
		struct {
			int inside;
			short deep;
		};
	};
	long scores[3];
	unsigned long low : 1, wide : 40, signed_bits : 3;
	char name[1];
	struct bpf4j_task *parent;
	enum bpf4j_state state;
};

struct bpf4j_task kept;
