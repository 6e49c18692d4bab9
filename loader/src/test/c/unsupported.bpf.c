// Programs that only a kernel can attach.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int plain(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("freplace/plain")
int replacement(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("struct_ops/init")
int init(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
