// Maps as iproute2 declares them: with an id, pinning and an inner map by id.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_elf_map {
	__u32 type;
	__u32 size_key;
	__u32 size_value;
	__u32 max_elem;
	__u32 flags;
	__u32 id;
	__u32 pinning;
	__u32 inner_id;
	__u32 inner_idx;
};

struct bpf_elf_map SEC("maps") inside = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = 4,
	.size_value = 16,
	.max_elem = 9,
	.id = 42,
};

struct bpf_elf_map SEC("maps") around = {
	.type = BPF_MAP_TYPE_HASH_OF_MAPS,
	.size_key = 4,
	.size_value = 4,
	.max_elem = 3,
	.inner_id = 42,
	.pinning = 2,
};

SEC("classifier")
int find(struct __sk_buff *skb)
{
	__u32 key = skb->mark;
	void *map = bpf_map_lookup_elem(&around, &key);

	return map && bpf_map_lookup_elem(map, &key) ? 1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
