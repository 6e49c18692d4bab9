// Maps of maps with initial entries, and program arrays with initial programs.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} inner_one SEC(".maps"), inner_two SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { &inner_one, (void *)0, &inner_two },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_HASH);
		__uint(max_entries, 1);
		__type(key, __u32);
		__type(value, __u32);
	});
} by_host SEC(".maps");

int first(struct __sk_buff *skb);
int second(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 6);
	__uint(key_size, sizeof(__u32));
	__array(values, int (struct __sk_buff *));
} jumps SEC(".maps") = {
	.values = { [1] = &second, [4] = &first },
};

SEC("tc")
int first(struct __sk_buff *skb)
{
	return 1;
}

SEC("tc")
int second(struct __sk_buff *skb)
{
	__u32 key = skb->mark;
	void *map = bpf_map_lookup_elem(&outer, &key);

	if (map)
		bpf_map_lookup_elem(map, &key);
	bpf_map_lookup_elem(&by_host, &key);
	bpf_tail_call(skb, &jumps, 1);
	return 2;
}

char LICENSE[] SEC("license") = "GPL";
