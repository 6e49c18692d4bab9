// Every kind of CO-RE relocation against one layout of `struct bpf4j_task`; core_layout*.bpf.c are
// others.
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf4j_point {
	int x;
	int y;
};

enum bpf4j_state { BPF4J_IDLE = 1, BPF4J_BUSY = 2, BPF4J_GONE = 9 };
enum bpf4j_large { BPF4J_HUGE = 0x100000000ULL };

struct bpf4j_task {
	int pid;
	unsigned int flags;
	struct bpf4j_point where;
	struct {
		short deep;
		int inside;
	};
	int scores[4];
	unsigned int low : 4;
	int signed_bits : 7;
	unsigned long wide : 40;
	char name[16];
	unsigned int counter;
	struct bpf4j_task *parent;
	int optional;
	enum bpf4j_state state;
};

struct bpf4j_task___old {
	int old_pid;
};

struct bpf4j_missing {
	int x;
};

#pragma clang attribute pop

typedef int bpf4j_number;

volatile __u64 results[40];

SEC("raw_tp/x")
int read(void *ctx)
{
	struct bpf4j_task *task = (void *)results;
	struct bpf4j_task___old *old = (void *)results;
	int i = 0;

	results[i++] = (__u64)__builtin_preserve_field_info(task->pid, BPF_FIELD_BYTE_OFFSET);
	results[i++] = __builtin_preserve_field_info(task->where.y, BPF_FIELD_BYTE_OFFSET);
	results[i++] = __builtin_preserve_field_info(task->inside, BPF_FIELD_BYTE_OFFSET);
	results[i++] = __builtin_preserve_field_info(task->scores[2], BPF_FIELD_BYTE_OFFSET);
	results[i++] = __builtin_preserve_field_info(task->name, BPF_FIELD_BYTE_SIZE);
	results[i++] = __builtin_preserve_field_info(task->counter, BPF_FIELD_BYTE_SIZE);
	results[i++] = bpf_core_field_exists(task->optional);
	results[i++] = bpf_core_field_exists(old->old_pid);
	results[i++] = __builtin_preserve_field_info(task->pid, BPF_FIELD_SIGNED);
	results[i++] = __builtin_preserve_field_info(task->flags, BPF_FIELD_SIGNED);
	results[i++] = __builtin_preserve_field_info(task->low, BPF_FIELD_BYTE_OFFSET);
	results[i++] = __builtin_preserve_field_info(task->low, BPF_FIELD_LSHIFT_U64);
	results[i++] = __builtin_preserve_field_info(task->low, BPF_FIELD_RSHIFT_U64);
	results[i++] = __builtin_preserve_field_info(task->signed_bits, BPF_FIELD_SIGNED);
	results[i++] = __builtin_preserve_field_info(task->wide, BPF_FIELD_BYTE_SIZE);
	results[i++] = bpf_core_type_exists(struct bpf4j_point);
	results[i++] = bpf_core_type_exists(struct bpf4j_missing);
	results[i++] = bpf_core_type_size(struct bpf4j_task);
	results[i++] = bpf_core_type_matches(struct bpf4j_point);
	results[i++] = bpf_core_enum_value_exists(enum bpf4j_state, BPF4J_GONE);
	results[i++] = bpf_core_enum_value(enum bpf4j_state, BPF4J_BUSY);
	results[i++] = bpf_core_enum_value_exists(enum bpf4j_large, BPF4J_HUGE);
	results[i++] = bpf_core_type_id_local(struct bpf4j_point);
	results[i++] = bpf_core_type_id_kernel(struct bpf4j_missing);
	results[i++] = bpf_core_type_exists(bpf4j_number);
	return 0;
}

// Reads through the relocated fields of the memory it is given.
SEC("socket")
int values(struct __sk_buff *skb)
{
	struct bpf4j_task *task = (void *)skb;

	if (!bpf_core_field_exists(task->optional))
		return task->counter;
	return task->optional;
}

char LICENSE[] SEC("license") = "GPL";
