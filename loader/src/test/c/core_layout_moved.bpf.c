// `struct bpf4j_task` with fields moved, others between, an array and a counter grown.
#include <linux/types.h>

struct bpf4j_point {
	long label;
	int y;
	int x;
};

enum bpf4j_state { BPF4J_IDLE = 10, BPF4J_BUSY = 20, BPF4J_GONE = 30 };
enum bpf4j_large { BPF4J_HUGE = 0x200000000ULL };
typedef int bpf4j_number;

struct bpf4j_task {
	enum bpf4j_state state;
	char name[32];
	long padding;
	int scores[8];
	struct {
		int inside;
		int other;
		short deep;
	};
	int optional;
	struct bpf4j_point where;
	unsigned int flags;
	unsigned long counter;
	struct bpf4j_task *parent;
	int signed_bits : 9;
	unsigned int more : 11;
	unsigned int low : 6;
	unsigned long wide : 40;
	int pid;
};

struct bpf4j_task kept;
bpf4j_number number;
enum bpf4j_large large;
