// One half of an object linked from two; link_library.bpf.c is the other.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
} shared_map SEC(".maps");

extern int limit;
extern const volatile int threshold;
extern int decide(int x);
int count = 3;

__attribute__((weak)) __attribute__((noinline)) int both(int x)
{
	return x + 1;
}

static __attribute__((noinline)) int helper(int x)
{
	return x * count;
}

SEC("xdp")
int main_program(struct xdp_md *ctx)
{
	__u32 key = threshold;

	bpf_map_lookup_elem(&shared_map, &key);
	return decide(helper(limit)) + both(ctx->rx_queue_index);
}

char LICENSE[] SEC("license") = "GPL";
