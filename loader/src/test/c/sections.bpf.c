// Section names of libbpf's conventions.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PROGRAM(name, section) SEC(section) int name(void *ctx) { return 1; }

PROGRAM(p_xdp, "xdp")
PROGRAM(p_xdp_frags, "xdp.frags")
PROGRAM(p_devmap, "xdp/devmap")
PROGRAM(p_frags_cpumap, "xdp.frags/cpumap")
PROGRAM(p_tc, "tc")
PROGRAM(p_tcx, "tcx/ingress")
PROGRAM(p_classifier, "classifier")
PROGRAM(p_action, "action")
PROGRAM(p_socket, "socket")
PROGRAM(p_skb, "cgroup_skb/ingress")
PROGRAM(p_cgroup_skb, "cgroup/skb")
PROGRAM(p_connect4, "cgroup/connect4")
PROGRAM(p_sock, "cgroup/sock_create")
PROGRAM(p_sockopt, "cgroup/getsockopt")
PROGRAM(p_sysctl, "cgroup/sysctl")
PROGRAM(p_dev, "cgroup/dev")
PROGRAM(p_kprobe, "kprobe/do_sys_open")
PROGRAM(p_kretprobe, "kretprobe/do_sys_open")
PROGRAM(p_uprobe, "uprobe.s//bin/sh:main")
PROGRAM(p_tracepoint, "tracepoint/sched/sched_switch")
PROGRAM(p_tp, "tp/sched/sched_switch")
PROGRAM(p_raw, "raw_tp/sched_switch")
PROGRAM(p_perf, "perf_event")
PROGRAM(p_lwt, "lwt_xmit")
PROGRAM(p_sockops, "sockops")
PROGRAM(p_parser, "sk_skb/stream_parser")
PROGRAM(p_msg, "sk_msg")
PROGRAM(p_lookup, "sk_lookup")
PROGRAM(p_reuseport, "sk_reuseport/migrate")
PROGRAM(p_flow, "flow_dissector")
PROGRAM(p_lirc, "lirc_mode2")
PROGRAM(p_netfilter, "netfilter")
PROGRAM(p_syscall, "syscall")
PROGRAM(p_optional, "?xdp")

char LICENSE[] SEC("license") = "GPL";
int VERSION SEC("version") = 0x60c00;
