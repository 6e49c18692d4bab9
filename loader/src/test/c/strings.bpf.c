// String constants, tables of pointers left to the compiler, and a switch.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static const __u8 weights[] = { 3, 1, 4, 1, 5, 9, 2, 6 };
__u32 histogram[8];

SEC("socket")
int classify(struct __sk_buff *skb)
{
	char head[] = "head of the packet";
	__u32 slot = skb->len & 7;

	switch (skb->protocol) {
	case 8:
		slot = weights[slot];
		break;
	case 0xdd86:
		slot = weights[7 - slot] + 1;
		break;
	default:
		bpf_printk("other %x", skb->protocol);
	}
	histogram[slot & 7]++;
	bpf_trace_printk(head, sizeof(head));
	return skb->len;
}

char LICENSE[] SEC("license") = "GPL";
