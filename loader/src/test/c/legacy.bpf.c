// Maps as before BTF: a struct that libbpf 1.0 no longer takes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct old_map_def {
	unsigned int type;
	unsigned int key_size;
	unsigned int value_size;
	unsigned int max_entries;
	unsigned int map_flags;
	unsigned int inner_map_idx;
	unsigned int numa_node;
};

struct old_map_def SEC("maps") hosts = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = 4,
	.value_size = 8,
	.max_entries = 256,
	.map_flags = 1,
};

struct old_map_def SEC("maps") outer = {
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
	.key_size = 4,
	.value_size = 4,
	.max_entries = 2,
	.inner_map_idx = 0,
};

// What BPF_ANNOTATE_KV_PAIR(hosts, int, struct visits) declared.
struct visits {
	int first;
	int last;
};

struct ____btf_map_hosts {
	int key;
	struct visits value;
};

struct ____btf_map_hosts SEC(".maps.hosts") ____btf_map_hosts = {};

SEC("xdp_prog")
int lookup(struct xdp_md *ctx)
{
	int key = 1;

	bpf_map_lookup_elem(&outer, &key);
	return bpf_map_lookup_elem(&hosts, &key) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
