# VLAN tags beside and inside of a socket buffer.
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
        r2 = 129
        r3 = 5
        call    bpf_skb_vlan_push
        *(u64 *)(r7 + 0) = r0
        w0 = *(u32 *)(r6 + 20)
        *(u64 *)(r7 + 8) = r0
        w0 = *(u32 *)(r6 + 24)
        *(u64 *)(r7 + 16) = r0
        w0 = *(u32 *)(r6 + 28)
        *(u64 *)(r7 + 24) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 32) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 40) = r0
        r1 = r6
        r2 = 43144
        r3 = 8199
        call    bpf_skb_vlan_push
        *(u64 *)(r7 + 48) = r0
        w0 = *(u32 *)(r6 + 20)
        *(u64 *)(r7 + 56) = r0
        w0 = *(u32 *)(r6 + 24)
        *(u64 *)(r7 + 64) = r0
        w0 = *(u32 *)(r6 + 28)
        *(u64 *)(r7 + 72) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 80) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 88) = r0
        r1 = r6
        r2 = 4660
        r3 = 4095
        call    bpf_skb_vlan_push
        *(u64 *)(r7 + 96) = r0
        w0 = *(u32 *)(r6 + 20)
        *(u64 *)(r7 + 104) = r0
        w0 = *(u32 *)(r6 + 24)
        *(u64 *)(r7 + 112) = r0
        w0 = *(u32 *)(r6 + 28)
        *(u64 *)(r7 + 120) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 128) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 136) = r0
        r1 = r6
        call    bpf_skb_vlan_pop
        *(u64 *)(r7 + 144) = r0
        w0 = *(u32 *)(r6 + 20)
        *(u64 *)(r7 + 152) = r0
        w0 = *(u32 *)(r6 + 24)
        *(u64 *)(r7 + 160) = r0
        w0 = *(u32 *)(r6 + 28)
        *(u64 *)(r7 + 168) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 176) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 184) = r0
done:   w0 = 0
        exit
