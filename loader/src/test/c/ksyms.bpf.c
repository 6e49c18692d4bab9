// Kernel symbols: weak ones that do not exist.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern const int bpf4j_no_such_variable __ksym __weak;
extern const void bpf4j_no_such_symbol __ksym __weak;
int bpf4j_no_such_function(int x) __ksym __weak;

SEC("tc")
int weak(struct __sk_buff *skb)
{
	if (&bpf4j_no_such_symbol)
		return 3;
	if (bpf4j_no_such_function)
		return bpf4j_no_such_function(1);
	return &bpf4j_no_such_variable ? 1 : 2;
}

char LICENSE[] SEC("license") = "GPL";
