// SPDX-License-Identifier: Apache-2.0
//
// A socket filter that lets through DNS over UDP and nothing else, and counts the questions by type and by top-level
// domain. It is for a packet socket: what it sees begins with the Ethernet header.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define DNS_PORT 53
#define LABELS 32 // in one name, as far as this filter looks
#define REJECT 0

struct dns_header {
    __be16 id;
    __be16 flags;
    __be16 questions;
    __be16 answers;
    __be16 authorities;
    __be16 additionals;
};

struct tally {
    __u64 queries;
    __u64 responses;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 256);
    __type(key, __u16); // as in the question: 1 is A, 28 is AAAA
    __type(value, struct tally);
} types SEC(".maps");

struct domain {
    char label[64]; // ends in zeros
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 2048);
    __type(key, struct domain);
    __type(value, struct tally);
} domains SEC(".maps");

// Returns where the UDP header is, or 0 where the packet has none.
static __always_inline __u32 find_udp(struct __sk_buff *skb)
{
    __u32 at = sizeof(struct ethhdr);
    struct ipv6hdr ip6;
    struct iphdr ip;
    __be16 protocol;

    if (bpf_skb_load_bytes(skb, offsetof(struct ethhdr, h_proto), &protocol, sizeof(protocol)))
        return 0;
    if (protocol == bpf_htons(ETH_P_IP)) {
        if (bpf_skb_load_bytes(skb, at, &ip, sizeof(ip)))
            return 0;
        if (ip.protocol != IPPROTO_UDP || ip.ihl < 5 || ip.frag_off & bpf_htons(0x1fff))
            return 0;
        return at + ip.ihl * 4;
    }
    if (protocol == bpf_htons(ETH_P_IPV6)) {
        if (bpf_skb_load_bytes(skb, at, &ip6, sizeof(ip6)))
            return 0;
        return ip6.nexthdr == IPPROTO_UDP ? at + sizeof(ip6) : 0;
    }
    return 0;
}

// Returns where the name that begins at an offset ends, or 0 where it does not. Sets domain to its last label.
static __always_inline __u32 read_name(struct __sk_buff *skb, __u32 at, struct domain *domain)
{
    __u8 length;

    for (int i = 0; i < LABELS; i++) {
        if (bpf_skb_load_bytes(skb, at, &length, 1))
            return 0;
        if (length == 0)
            return at + 1;
        if (length > 63) // a reference to an earlier name, and there is none
            return 0;
        __builtin_memset(domain, 0, sizeof(*domain));
        if (bpf_skb_load_bytes(skb, at + 1, domain->label, length))
            return 0;
        at += 1 + length;
    }
    return 0;
}

static __always_inline void count(void *map, const void *key, __u32 is_response)
{
    struct tally fresh = {};
    struct tally *tally = bpf_map_lookup_elem(map, key);

    if (!tally) {
        bpf_map_update_elem(map, key, &fresh, BPF_NOEXIST); // another CPU may be first
        tally = bpf_map_lookup_elem(map, key);
        if (!tally)
            return; // the map is full
    }
    __sync_fetch_and_add(is_response ? &tally->responses : &tally->queries, 1);
}

SEC("socket")
int dns_filter(struct __sk_buff *skb)
{
    struct domain domain = {};
    struct dns_header dns;
    struct udphdr udp;
    __u32 at, end, is_response;
    __be16 wire;
    __u16 type;

    at = find_udp(skb);
    if (!at || bpf_skb_load_bytes(skb, at, &udp, sizeof(udp)))
        return REJECT;
    if (udp.source != bpf_htons(DNS_PORT) && udp.dest != bpf_htons(DNS_PORT))
        return REJECT;
    at += sizeof(udp);
    if (bpf_skb_load_bytes(skb, at, &dns, sizeof(dns)) || dns.questions != bpf_htons(1))
        return REJECT;
    end = read_name(skb, at + sizeof(dns), &domain);
    if (!end || bpf_skb_load_bytes(skb, end, &wire, sizeof(wire)))
        return REJECT;

    type = bpf_ntohs(wire);
    is_response = dns.flags & bpf_htons(0x8000);
    count(&types, &type, is_response);
    count(&domains, &domain, is_response);
    return skb->len;
}
