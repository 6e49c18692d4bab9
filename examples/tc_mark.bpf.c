// SPDX-License-Identifier: Apache-2.0
//
// Classifies packets for traffic control: writes the class into the DSCP field of the IPv4 header, with its checksum,
// and into skb->mark, where queueing disciplines and routing rules find it.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum class {
    BULK,
    DEFAULT,
    INTERACTIVE,
    CLASSES,
};

// The marks of the classes, for a loader or a running application to change.
__u32 marks[CLASSES] = {10, 20, 30};

// The class of packets that nothing here knows.
__u32 other_class = DEFAULT;

// How many packets were given each class.
__u64 marked[CLASSES];

// DSCP values: CS1 (lower effort), default, EF (expedited forwarding).
const volatile __u8 code_points[CLASSES] = {8, 0, 46};

// Which class the packets of a protocol from or to a port belong to.
static __noinline __u32 classify(__u32 protocol, __u32 source, __u32 destination)
{
    if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
        return INTERACTIVE;
    if (protocol == IPPROTO_UDP && (source == 53 || destination == 53))
        return INTERACTIVE;
    if (protocol == IPPROTO_TCP && (source == 80 || destination == 80))
        return BULK;
    return other_class;
}

// Writes a DSCP value into the IPv4 header, and its checksum.
static __always_inline int set_code_point(struct __sk_buff *skb, __u8 tos, __u8 code_point)
{
    __u32 header = sizeof(struct ethhdr);
    __u8 changed = code_point << 2 | (tos & 3); // the lower two bits are ECN's

    if (tos == changed)
        return 0;
    if (bpf_l3_csum_replace(skb, header + offsetof(struct iphdr, check), bpf_htons(tos), bpf_htons(changed), 2))
        return -1;
    return bpf_skb_store_bytes(skb, header + offsetof(struct iphdr, tos), &changed, 1, 0);
}

SEC("tc")
int tc_mark(struct __sk_buff *skb)
{
    void *data = (void *)(long)skb->data;
    void *end = (void *)(long)skb->data_end;
    struct ethhdr *ethernet = data;
    __u32 protocol, class, source = 0, destination = 0;
    __be16 *ports = 0;
    __u8 tos = 0;

    if ((void *)(ethernet + 1) > end)
        return TC_ACT_OK;
    if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
        struct iphdr *ip = (void *)(ethernet + 1);

        if ((void *)(ip + 1) > end)
            return TC_ACT_OK;
        protocol = ip->protocol;
        tos = ip->tos;
        if (!(ip->frag_off & bpf_htons(0x1fff)))
            ports = (void *)ip + ip->ihl * 4;
    } else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
        struct ipv6hdr *ip = (void *)(ethernet + 1);

        if ((void *)(ip + 1) > end)
            return TC_ACT_OK;
        protocol = ip->nexthdr;
        ports = (void *)(ip + 1);
    } else {
        return TC_ACT_OK;
    }
    if (ports && (void *)(ports + 2) <= end) {
        source = bpf_ntohs(ports[0]);
        destination = bpf_ntohs(ports[1]);
    }

    class = classify(protocol, source, destination);
    if (class >= CLASSES)
        return TC_ACT_OK;
    skb->mark = marks[class];
    __sync_fetch_and_add(&marked[class], 1);
    if (ethernet->h_proto == bpf_htons(ETH_P_IP) && set_code_point(skb, tos, code_points[class]))
        return TC_ACT_SHOT;
    return TC_ACT_OK;
}
