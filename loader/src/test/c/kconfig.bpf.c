// Values from the kernel's configuration.
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

extern int LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig __weak;
extern bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern enum libbpf_tristate CONFIG_NET __kconfig __weak;
extern char CONFIG_NOT_THERE_AT_ALL[8] __kconfig __weak;
extern unsigned long CONFIG_NEITHER_THIS __kconfig __weak;

volatile long result;

SEC("xdp")
int version(struct xdp_md *ctx)
{
	result = LINUX_KERNEL_VERSION + CONFIG_HZ + CONFIG_NEITHER_THIS;
	if (CONFIG_BPF_SYSCALL && CONFIG_NET == TRI_YES)
		return XDP_PASS;
	return CONFIG_NOT_THERE_AT_ALL[1];
}

char LICENSE[] SEC("license") = "GPL";
