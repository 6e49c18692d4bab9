# IPv4 to IPv6 and back.
        .program sched_cls
        .map    out, array, key=4, value=512, entries=1

        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = out ll
        call    bpf_map_lookup_elem
        if r0 == 0 goto done
        r7 = r0
        r1 = r6
        r2 = 56710
        r3 = 0
        call    bpf_skb_change_proto
        *(u64 *)(r7 + 0) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 8) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 16) = r0
        r1 = r6
        r2 = 8
        r3 = 0
        call    bpf_skb_change_proto
        *(u64 *)(r7 + 24) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 32) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 40) = r0
        r1 = r6
        r2 = 56710
        r3 = 1
        call    bpf_skb_change_proto
        *(u64 *)(r7 + 48) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 56) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 64) = r0
        r1 = r6
        r2 = 4660
        r3 = 0
        call    bpf_skb_change_proto
        *(u64 *)(r7 + 72) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 80) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 88) = r0
        r1 = r6
        r2 = 56710
        r3 = 0
        call    bpf_skb_change_proto
        *(u64 *)(r7 + 96) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 104) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 112) = r0
done:   w0 = 0
        exit
