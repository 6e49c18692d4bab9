// `struct bpf4j_task` without its optional field, an enumerator and a type; a flavour renamed.
#include <linux/types.h>

struct bpf4j_point___v2 {
	int x;
	int y;
};

enum bpf4j_state { BPF4J_IDLE = 1, BPF4J_BUSY = 4 };

struct bpf4j_task___v2 {
	int pid;
	unsigned int flags;
	struct bpf4j_point___v2 where;
	short deep;
	int inside;
	int scores[4];
	unsigned char low : 4;
	int signed_bits : 7;
	unsigned long wide : 40;
	char name[8];
	unsigned short counter;
	enum bpf4j_state state;
};

struct bpf4j_task___v2 kept;
