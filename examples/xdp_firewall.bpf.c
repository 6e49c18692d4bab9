// SPDX-License-Identifier: Apache-2.0
//
// A stateless firewall for XDP.
//
// It looks through up to two VLAN tags, IPv4 options and IPv6 extension headers; drops what is malformed, what comes
// from a blocked prefix, what goes to a blocked port and TCP segments with impossible flags; and counts every packet
// under the reason for its verdict.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum reason {
    PASS_ACCEPTED,
    PASS_NOT_IP,
    PASS_LATER_FRAGMENT, // has no ports to look at
    DROP_MALFORMED,
    DROP_BLOCKED_SOURCE,
    DROP_BLOCKED_PORT,
    DROP_IMPOSSIBLE_FLAGS,
    DROP_TOO_MANY_HEADERS,
    REASONS,
};

struct counter {
    __u64 packets;
    __u64 bytes;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, REASONS);
    __type(key, enum reason);
    __type(value, struct counter);
} counters SEC(".maps");

// Blocked source prefixes; an entry's value says how often it matched.

struct prefix4 {
    __u32 length;
    __u8 address[4];
};

struct prefix6 {
    __u32 length;
    __u8 address[16];
};

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 1024);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct prefix4);
    __type(value, __u64);
} blocked4 SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 1024);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct prefix6);
    __type(value, __u64);
} blocked6 SEC(".maps");

// What is blocked before anybody has put anything into the maps: documentation prefixes, and ports that nobody should
// reach from outside. A loader may set others.

struct rule4 {
    __be32 network;
    __be32 mask;
};

const volatile struct rule4 always_blocked4[] = {
    {bpf_htonl(0xcb007100), bpf_htonl(0xffffff00)}, // 203.0.113.0/24
    {bpf_htonl(0xc6336440), bpf_htonl(0xffffffc0)}, // 198.51.100.64/26
};

const volatile __u8 always_blocked6[6] = {0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad}; // 2001:db8:bad::/48

const volatile __u16 blocked_ports[] = {23, 445, 1900};

#define VLAN_TAGS 2
#define EXTENSION_HEADERS 6

#define IP_OFFSET 0x1fff
#define IP6_OFFSET 0xfff8

struct vlan_tag {
    __be16 control;
    __be16 protocol;
};

struct extension {
    __u8 next;
    __u8 length; // in units of 8 bytes beyond the first 8, except in an authentication header
    __u8 rest[6];
};

#define countof(array) (sizeof(array) / sizeof((array)[0]))

// Decides by what the transport header at data says.
static __always_inline enum reason check_transport(__u8 protocol, void *data, void *end)
{
    __be16 port;

    if (protocol == IPPROTO_TCP) {
        struct tcphdr *tcp = data;

        if ((void *)(tcp + 1) > end || tcp->doff < 5)
            return DROP_MALFORMED;
        if ((tcp->syn && tcp->fin) || (tcp->syn && tcp->rst))
            return DROP_IMPOSSIBLE_FLAGS;
        port = tcp->dest;
    } else if (protocol == IPPROTO_UDP) {
        struct udphdr *udp = data;

        if ((void *)(udp + 1) > end || bpf_ntohs(udp->len) < sizeof(*udp))
            return DROP_MALFORMED;
        port = udp->dest;
    } else {
        return PASS_ACCEPTED;
    }
    for (int i = 0; i < (int)countof(blocked_ports); i++) {
        if (bpf_ntohs(port) == blocked_ports[i])
            return DROP_BLOCKED_PORT;
    }
    return PASS_ACCEPTED;
}

static __always_inline int is_blocked4(__be32 address)
{
    struct prefix4 key = {.length = 32};
    __u64 *matches;

    for (int i = 0; i < (int)countof(always_blocked4); i++) {
        if ((address & always_blocked4[i].mask) == always_blocked4[i].network)
            return 1;
    }
    __builtin_memcpy(key.address, &address, sizeof(key.address));
    matches = bpf_map_lookup_elem(&blocked4, &key);
    if (!matches)
        return 0;
    __sync_fetch_and_add(matches, 1);
    return 1;
}

static __always_inline int is_blocked6(const struct in6_addr *address)
{
    struct prefix6 key = {.length = 128};
    __u64 *matches;
    int same = 0;

    for (int i = 0; i < (int)sizeof(always_blocked6); i++)
        same += address->in6_u.u6_addr8[i] == always_blocked6[i];
    if (same == sizeof(always_blocked6))
        return 1;
    __builtin_memcpy(key.address, address, sizeof(key.address));
    matches = bpf_map_lookup_elem(&blocked6, &key);
    if (!matches)
        return 0;
    __sync_fetch_and_add(matches, 1);
    return 1;
}

static __always_inline enum reason check_ipv4(void *data, void *end)
{
    struct iphdr *ip = data;
    __u32 header, total;

    if ((void *)(ip + 1) > end)
        return DROP_MALFORMED;
    header = ip->ihl * 4;
    total = bpf_ntohs(ip->tot_len);
    if (ip->version != 4 || header < sizeof(*ip) || total < header || data + total > end)
        return DROP_MALFORMED;
    if (is_blocked4(ip->saddr))
        return DROP_BLOCKED_SOURCE;
    if (ip->frag_off & bpf_htons(IP_OFFSET))
        return PASS_LATER_FRAGMENT;
    return check_transport(ip->protocol, data + header, end);
}

static __always_inline enum reason check_ipv6(void *data, void *end)
{
    struct ipv6hdr *ip = data;
    __u8 next;

    if ((void *)(ip + 1) > end)
        return DROP_MALFORMED;
    if (ip->version != 6 || data + sizeof(*ip) + bpf_ntohs(ip->payload_len) > end)
        return DROP_MALFORMED;
    if (is_blocked6(&ip->saddr))
        return DROP_BLOCKED_SOURCE;
    next = ip->nexthdr;
    data = ip + 1;
    for (int i = 0; i < EXTENSION_HEADERS; i++) {
        struct extension *extension = data;

        switch (next) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
            if ((void *)(extension + 1) > end)
                return DROP_MALFORMED;
            data += 8 + extension->length * 8;
            break;
        case IPPROTO_AH:
            if ((void *)(extension + 1) > end)
                return DROP_MALFORMED;
            data += 8 + extension->length * 4;
            break;
        case IPPROTO_FRAGMENT:
            if ((void *)(extension + 1) > end)
                return DROP_MALFORMED;
            if (extension->rest[0] || extension->rest[1] & (IP6_OFFSET & 0xff))
                return PASS_LATER_FRAGMENT;
            data += sizeof(*extension);
            break;
        default:
            return check_transport(next, data, end);
        }
        next = extension->next;
    }
    return DROP_TOO_MANY_HEADERS;
}

static __always_inline enum reason check(void *data, void *end)
{
    struct ethhdr *ethernet = data;
    __be16 protocol;

    if ((void *)(ethernet + 1) > end)
        return DROP_MALFORMED;
    protocol = ethernet->h_proto;
    data = ethernet + 1;
    for (int i = 0; i < VLAN_TAGS; i++) {
        struct vlan_tag *tag = data;

        if (protocol != bpf_htons(ETH_P_8021Q) && protocol != bpf_htons(ETH_P_8021AD))
            break;
        if ((void *)(tag + 1) > end)
            return DROP_MALFORMED;
        protocol = tag->protocol;
        data = tag + 1;
    }
    if (protocol == bpf_htons(ETH_P_IP))
        return check_ipv4(data, end);
    if (protocol == bpf_htons(ETH_P_IPV6))
        return check_ipv6(data, end);
    return PASS_NOT_IP;
}

SEC("xdp")
int xdp_firewall(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data;
    void *end = (void *)(long)ctx->data_end;
    __u32 reason = check(data, end);
    struct counter *counter = bpf_map_lookup_elem(&counters, &reason);

    if (counter) {
        counter->packets++;
        counter->bytes += end - data;
    }
    return reason < DROP_MALFORMED ? XDP_PASS : XDP_DROP;
}
