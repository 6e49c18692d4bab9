// Global variables of every kind and section.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum mode { MODE_OFF, MODE_COUNT = 3, MODE_DROP = 7 };

struct config {
	__u16 port;
	__be32 peer;
	enum mode mode;
	unsigned int low : 3;
	int high : 5;
	char name[8];
	__u8 mac[6];
	__u64 limits[3];
};

const volatile int level = 4;
const volatile char interface[16] = "eth0";
const volatile struct config config = { .port = 80, .mode = MODE_COUNT, .name = "web" };
volatile __u64 packets = 17;
volatile __s16 offsets[4] = { -1, 2, -3, 4 };
static volatile int hidden = 99;
volatile long total;
volatile __u8 table[300];
static volatile int silent;
volatile int special SEC(".data.special") = 5;
const volatile int fixed SEC(".rodata.fixed") = 6;
volatile int later SEC(".bss.later");
volatile _Bool enabled = 1;

SEC("xdp")
int use(struct xdp_md *ctx)
{
	static const char format[] = "level %d\n";

	total += level + hidden + offsets[ctx->rx_queue_index & 3];
	table[packets & 255] = interface[1];
	silent = special + fixed + later;
	later = config.port + config.low + config.high + config.mode;
	if (enabled)
		bpf_trace_printk(format, sizeof(format), level);
	hidden += silent + config.limits[1];
	return config.mode == MODE_DROP ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
