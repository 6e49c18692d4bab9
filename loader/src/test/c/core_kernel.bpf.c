// CO-RE relocations against types that every Linux has, and some that none has.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct task_struct {
	int pid;
	int tgid;
	unsigned int __state;
	char comm[16];
	struct task_struct *real_parent;
	int bpf4j_no_such_field;
};

struct task_struct___old {
	long state;
};

struct sk_buff {
	unsigned int len;
	unsigned char pkt_type : 3;
	unsigned short protocol;
};

enum pid_type { PIDTYPE_PID = 5, PIDTYPE_MAX = 77 };

#pragma clang attribute pop

volatile __u64 out[16];

SEC("kprobe/x")
int tasks(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___old *old = (void *)task;
	struct sk_buff *skb = (void *)task;

	out[0] = BPF_CORE_READ(task, real_parent, tgid);
	BPF_CORE_READ_STR_INTO((char (*)[16])&out[1], task, comm);
	if (bpf_core_field_exists(task->__state))
		out[3] = BPF_CORE_READ(task, __state);
	else
		out[3] = BPF_CORE_READ(old, state);
	out[4] = BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type);
	out[5] = BPF_CORE_READ(skb, len);
	out[6] = bpf_core_enum_value(enum pid_type, PIDTYPE_MAX);
	out[7] = bpf_core_type_size(struct list_head);
	out[8] = bpf_core_type_matches(struct list_head);
	if (bpf_core_field_exists(task->bpf4j_no_such_field))
		out[9] = BPF_CORE_READ(task, bpf4j_no_such_field);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
