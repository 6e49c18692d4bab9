// The other half of link_main.bpf.c.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
} shared_map SEC(".maps") __weak;

int limit = 10;
const volatile int threshold = 6;
extern int count;
__u64 seen;

__attribute__((noinline)) int both(int x)
{
	return x + 2;
}

static __attribute__((noinline)) int helper(int x)
{
	return x - count;
}

__attribute__((noinline)) int decide(int x)
{
	__u32 key = x;
	__u64 *value = bpf_map_lookup_elem(&shared_map, &key);

	seen++;
	return value ? helper(x) : threshold;
}

SEC("tc")
int library_program(struct __sk_buff *skb)
{
	return both(helper(skb->len));
}

char LICENSE[] SEC("license") = "GPL";
