// SPDX-License-Identifier: Apache-2.0
//
// Counts the packets of every flow, for XDP: one entry for each pair of addresses, pair of ports and protocol, with
// the packets and bytes seen, when the first and the last of them came, and which TCP flags they carried.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct flow {
    struct in6_addr source; // an IPv4 address as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2)
    struct in6_addr destination;
    __be16 source_port;
    __be16 destination_port;
    __u8 protocol;
    __u8 version;
    __u16 unused;
};

struct flow_stats {
    __u64 packets;
    __u64 bytes;
    __u64 first_seen; // nanoseconds, as bpf_ktime_get_ns counts them
    __u64 last_seen;
    __u32 tcp_flags; // all flags seen so far
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __type(key, struct flow);
    __type(value, struct flow_stats);
} flows SEC(".maps");

__u64 untracked; // packets that belong to no flow, or found the map full

struct ports {
    __be16 source;
    __be16 destination;
};

// Fills in the flow's ports and returns its TCP flags; 0 where the packet has none.
static __always_inline __u32 read_transport(struct flow *flow, void *data, void *end)
{
    struct ports *ports = data;
    __u8 *tcp = data;

    if (flow->protocol != IPPROTO_TCP && flow->protocol != IPPROTO_UDP)
        return 0;
    if ((void *)(ports + 1) > end)
        return 0;
    flow->source_port = ports->source;
    flow->destination_port = ports->destination;
    if (flow->protocol != IPPROTO_TCP || data + sizeof(struct tcphdr) > end)
        return 0;
    return tcp[13];
}

SEC("xdp")
int flow_counter(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data;
    void *end = (void *)(long)ctx->data_end;
    struct ethhdr *ethernet = data;
    struct flow flow = {};
    struct flow_stats *stats;
    struct flow_stats fresh = {};
    __u64 now = bpf_ktime_get_ns();
    __u32 flags;

    if ((void *)(ethernet + 1) > end)
        goto none;
    if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
        struct iphdr *ip = (void *)(ethernet + 1);
        __u32 header;

        if ((void *)(ip + 1) > end)
            goto none;
        header = ip->ihl * 4;
        if (header < sizeof(*ip))
            goto none;
        flow.version = 4;
        flow.protocol = ip->protocol;
        flow.source.in6_u.u6_addr16[5] = 0xffff;
        flow.source.in6_u.u6_addr32[3] = ip->saddr;
        flow.destination.in6_u.u6_addr16[5] = 0xffff;
        flow.destination.in6_u.u6_addr32[3] = ip->daddr;
        flags = ip->frag_off & bpf_htons(0x1fff) ? 0 : read_transport(&flow, (void *)ip + header, end);
    } else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
        struct ipv6hdr *ip = (void *)(ethernet + 1);

        if ((void *)(ip + 1) > end)
            goto none;
        flow.version = 6;
        flow.protocol = ip->nexthdr;
        flow.source = ip->saddr;
        flow.destination = ip->daddr;
        flags = read_transport(&flow, ip + 1, end);
    } else {
        goto none;
    }

    stats = bpf_map_lookup_elem(&flows, &flow);
    if (!stats) {
        fresh.first_seen = now;
        bpf_map_update_elem(&flows, &flow, &fresh, BPF_NOEXIST); // another CPU may be first
        stats = bpf_map_lookup_elem(&flows, &flow);
        if (!stats)
            goto none;
    }
    __sync_fetch_and_add(&stats->packets, 1);
    __sync_fetch_and_add(&stats->bytes, end - data);
    __sync_fetch_and_or(&stats->tcp_flags, flags);
    stats->last_seen = now;
    return XDP_PASS;

none:
    __sync_fetch_and_add(&untracked, 1);
    return XDP_PASS;
}
