// Subprograms, static and global, near and far, called directly and back.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define noinline __attribute__((noinline))

volatile __u64 sum;

static noinline int leaf(int x)
{
	return x * 3 + (int)sum;
}

noinline int shared(int x)
{
	return leaf(x) + leaf(x + 1);
}

__attribute__((weak)) noinline int replaceable(int x)
{
	return shared(x) ^ 5;
}

__hidden noinline int internal(struct xdp_md *ctx)
{
	return ctx->rx_queue_index + replaceable(2);
}

static int each(__u32 index, void *context)
{
	sum += index;
	return leaf(index) == 7;
}

static int other(__u32 index, void *context)
{
	sum -= index;
	return 0;
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	return leaf(ctx->ingress_ifindex) + shared(4);
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	bpf_loop(10, each, (void *)&sum, 0);
	return internal(ctx);
}

SEC("tc")
int third(struct __sk_buff *skb)
{
	bpf_loop(skb->len, other, (void *)&sum, 0);
	bpf_loop(skb->len, each, (void *)&sum, 0);
	return replaceable(1);
}

char LICENSE[] SEC("license") = "GPL";
