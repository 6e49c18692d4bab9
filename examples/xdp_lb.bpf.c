// SPDX-License-Identifier: Apache-2.0
//
// A load balancer for XDP. Packets to the service's address go to one of several backends, picked by a hash of the
// flow: TCP by rewriting the destination, with the checksums updated incrementally; UDP inside a second IPv4 header
// (IPIP), so that the backend sees the packet as it was sent. Either leaves by the interface it came in (XDP_TX).

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define BACKENDS 4 // a power of two

struct backend {
    __be32 address;
    __u8 mac[ETH_ALEN];
};

// The service, and who serves it. A loader may set others.

const volatile __be32 service_address = bpf_htonl(0x0a0a0002); // 10.10.0.2

const volatile __u16 tcp_port = 80;

const volatile __u16 udp_port = 53;

const volatile struct backend backends[BACKENDS] = {
    {bpf_htonl(0x0a140001), {0x02, 0, 0, 0, 0x14, 0x01}}, // 10.20.0.1
    {bpf_htonl(0x0a140002), {0x02, 0, 0, 0, 0x14, 0x02}}, // 10.20.0.2
    {bpf_htonl(0x0a140003), {0x02, 0, 0, 0, 0x14, 0x03}}, // 10.20.0.3
    {bpf_htonl(0x0a140004), {0x02, 0, 0, 0, 0x14, 0x04}}, // 10.20.0.4
};

struct load {
    __u64 packets;
    __u64 bytes;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, BACKENDS);
    __type(key, __u32);
    __type(value, struct load);
} loads SEC(".maps");

// Mixes a word into a hash (the finalizer of MurmurHash3, which is in the public domain).
static __always_inline __u32 mix(__u32 hash, __u32 word)
{
    hash ^= word;
    hash ^= hash >> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35;
    return hash ^ hash >> 16;
}

static __always_inline __u16 fold(__u32 sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

// RFC 1624, equation 3: the checksum after a word that it covers has changed.
static __always_inline __u16 replace(__u16 check, __be32 before, __be32 after)
{
    __u32 sum = (__u16)~check;

    sum += (__u16)~before + (__u16)~(before >> 16);
    sum += (__u16)after + (__u16)(after >> 16);
    return ~fold(sum);
}

static __always_inline void count(__u32 backend, __u64 bytes)
{
    struct load *load = bpf_map_lookup_elem(&loads, &backend);

    if (load) {
        __sync_fetch_and_add(&load->packets, 1);
        __sync_fetch_and_add(&load->bytes, bytes);
    }
}

// The frame goes from the interface that it came to, to the backend.
static __always_inline void address_frame(struct ethhdr *ethernet, __u32 backend)
{
    __builtin_memcpy(ethernet->h_source, ethernet->h_dest, ETH_ALEN);
    for (int i = 0; i < ETH_ALEN; i++)
        ethernet->h_dest[i] = backends[backend & (BACKENDS - 1)].mac[i];
}

static __always_inline int rewrite(struct ethhdr *ethernet, struct iphdr *ip, struct tcphdr *tcp, __u32 backend)
{
    __be32 before = ip->daddr;
    __be32 after = backends[backend & (BACKENDS - 1)].address;

    address_frame(ethernet, backend);
    ip->daddr = after;
    ip->check = replace(ip->check, before, after);
    tcp->check = replace(tcp->check, before, after); // which covers the addresses too
    return XDP_TX;
}

static __always_inline int encapsulate(struct xdp_md *ctx, __u32 backend)
{
    struct ethhdr *ethernet;
    struct iphdr *outer, *inner;
    struct ethhdr frame;
    __u32 sum = 0;
    __u16 *words;
    void *end;

    ethernet = (void *)(long)ctx->data;
    end = (void *)(long)ctx->data_end;
    if ((void *)(ethernet + 1) > end)
        return XDP_DROP;
    frame = *ethernet;
    if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*outer)))
        return XDP_DROP;
    ethernet = (void *)(long)ctx->data; // the packet may have moved
    end = (void *)(long)ctx->data_end;
    outer = (void *)(ethernet + 1);
    inner = outer + 1;
    if ((void *)(inner + 1) > end)
        return XDP_DROP;
    *ethernet = frame;
    address_frame(ethernet, backend);
    *outer = (struct iphdr){
        .version = 4,
        .ihl = sizeof(*outer) / 4,
        .tos = inner->tos,
        .tot_len = bpf_htons(bpf_ntohs(inner->tot_len) + sizeof(*outer)),
        .ttl = 64,
        .protocol = IPPROTO_IPIP,
        .saddr = service_address,
        .daddr = backends[backend & (BACKENDS - 1)].address,
    };
    words = (__u16 *)outer;
    for (int i = 0; i < (int)sizeof(*outer) / 2; i++)
        sum += words[i];
    outer->check = ~fold(sum);
    return XDP_TX;
}

SEC("xdp")
int xdp_lb(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data;
    void *end = (void *)(long)ctx->data_end;
    struct ethhdr *ethernet = data;
    struct iphdr *ip = (void *)(ethernet + 1);
    __u32 hash, backend;

    if ((void *)(ip + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    if (ip->ihl != 5 || ip->daddr != service_address || ip->frag_off & bpf_htons(0x3fff))
        return XDP_PASS;
    hash = mix(mix(0, ip->saddr), ip->protocol);

    if (ip->protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = (void *)(ip + 1);

        if ((void *)(tcp + 1) > end || tcp->dest != bpf_htons(tcp_port))
            return XDP_PASS;
        backend = mix(hash, tcp->source) & (BACKENDS - 1);
        count(backend, end - data);
        return rewrite(ethernet, ip, tcp, backend);
    }
    if (ip->protocol == IPPROTO_UDP) {
        struct udphdr *udp = (void *)(ip + 1);

        if ((void *)(udp + 1) > end || udp->dest != bpf_htons(udp_port))
            return XDP_PASS;
        backend = mix(hash, udp->source) & (BACKENDS - 1);
        count(backend, end - data);
        return encapsulate(ctx, backend);
    }
    return XDP_PASS;
}
