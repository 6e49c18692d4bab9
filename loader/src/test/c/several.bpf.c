// Several programs in one section, one of them called by another, sharing data.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2);
} totals SEC(".maps");

static __always_inline int add(__u32 key, __u64 by)
{
	__u64 *total = bpf_map_lookup_elem(&totals, &key);

	if (!total)
		return 0;
	*total += by;
	return 1;
}

SEC("tc/ingress")
int in(struct __sk_buff *skb)
{
	return add(0, skb->len);
}

SEC("tc/ingress")
int in_twice(struct __sk_buff *skb)
{
	return add(0, 2 * skb->len);
}

SEC("tc/egress")
int out(struct __sk_buff *skb)
{
	return add(1, skb->len);
}

char LICENSE[] SEC("license") = "GPL";
