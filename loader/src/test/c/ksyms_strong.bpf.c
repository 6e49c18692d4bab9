// A kernel variable that must exist.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern const int bpf4j_no_such_variable __ksym;

SEC("tc")
int strong(struct __sk_buff *skb)
{
	return bpf4j_no_such_variable;
}

SEC("tc")
int fine(struct __sk_buff *skb)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
