# What the context of a socket buffer says, and small changes.
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
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 0) = r0
        w0 = *(u32 *)(r6 + 4)
        *(u64 *)(r7 + 8) = r0
        w0 = *(u32 *)(r6 + 8)
        *(u64 *)(r7 + 16) = r0
        w0 = *(u32 *)(r6 + 12)
        *(u64 *)(r7 + 24) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 32) = r0
        w0 = *(u32 *)(r6 + 20)
        *(u64 *)(r7 + 40) = r0
        w0 = *(u32 *)(r6 + 24)
        *(u64 *)(r7 + 48) = r0
        w0 = *(u32 *)(r6 + 28)
        *(u64 *)(r7 + 56) = r0
        w0 = *(u32 *)(r6 + 32)
        *(u64 *)(r7 + 64) = r0
        w0 = *(u32 *)(r6 + 36)
        *(u64 *)(r7 + 72) = r0
        w0 = *(u32 *)(r6 + 40)
        *(u64 *)(r7 + 80) = r0
        w0 = *(u32 *)(r6 + 44)
        *(u64 *)(r7 + 88) = r0
        w0 = *(u32 *)(r6 + 48)
        *(u64 *)(r7 + 96) = r0
        w0 = *(u32 *)(r6 + 52)
        *(u64 *)(r7 + 104) = r0
        w0 = *(u32 *)(r6 + 68)
        *(u64 *)(r7 + 112) = r0
        w0 = *(u32 *)(r6 + 72)
        *(u64 *)(r7 + 120) = r0
        w0 = *(u32 *)(r6 + 84)
        *(u64 *)(r7 + 128) = r0
        w0 = *(u32 *)(r6 + 160)
        *(u64 *)(r7 + 136) = r0
        w0 = *(u32 *)(r6 + 164)
        *(u64 *)(r7 + 144) = r0
        w0 = *(u32 *)(r6 + 176)
        *(u64 *)(r7 + 152) = r0
        r0 = *(u64 *)(r6 + 152)
        *(u64 *)(r7 + 160) = r0
        w1 = 77
        *(u32 *)(r6 + 8) = w1
        *(u32 *)(r6 + 32) = w1
        *(u32 *)(r6 + 52) = w1
        *(u32 *)(r6 + 44) = w1
        *(u32 *)(r6 + 72) = w1
        w0 = *(u32 *)(r6 + 8)
        *(u64 *)(r7 + 168) = r0
        w0 = *(u32 *)(r6 + 32)
        *(u64 *)(r7 + 176) = r0
        w0 = *(u32 *)(r6 + 44)
        *(u64 *)(r7 + 184) = r0
        w0 = *(u32 *)(r6 + 52)
        *(u64 *)(r7 + 192) = r0
        w0 = *(u32 *)(r6 + 72)
        *(u64 *)(r7 + 200) = r0
        w0 = *(u16 *)(r6 + 16)
        *(u64 *)(r7 + 208) = r0
        w0 = *(u8 *)(r6 + 0)
        *(u64 *)(r7 + 216) = r0
        w0 = *(u8 *)(r6 + 9)
        *(u64 *)(r7 + 224) = r0
        r1 = *(u32 *)(r6 + 76)
        r2 = *(u32 *)(r6 + 80)
        r2 -= r1
        *(u64 *)(r7 + 232) = r2
        r1 = r6
        call    bpf_skb_ecn_set_ce
        *(u64 *)(r7 + 240) = r0
        r1 = r6
        r2 = 5
        r3 = 1
        call    bpf_skb_set_tstamp
        *(u64 *)(r7 + 248) = r0
        r1 = r6
        r2 = 0
        r3 = 1
        call    bpf_skb_set_tstamp
        *(u64 *)(r7 + 256) = r0
        r1 = r6
        r2 = 9
        r3 = 7
        call    bpf_skb_set_tstamp
        *(u64 *)(r7 + 264) = r0
        r1 = r6
        r2 = 0
        r3 = 0
        call    bpf_skb_set_tstamp
        *(u64 *)(r7 + 272) = r0
        *(u32 *)(r10 - 4) = 0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -4
        r4 = 0
        r5 = 0
        call    bpf_check_mtu
        *(u64 *)(r7 + 280) = r0
        w0 = *(u32 *)(r10 - 4)
        *(u64 *)(r7 + 288) = r0
        *(u32 *)(r10 - 4) = 0
        r1 = r6
        r2 = 1
        r3 = r10
        r3 += -4
        r4 = 0
        r5 = 0
        call    bpf_check_mtu
        *(u64 *)(r7 + 296) = r0
        w0 = *(u32 *)(r10 - 4)
        *(u64 *)(r7 + 304) = r0
        *(u32 *)(r10 - 4) = 0
        r1 = r6
        r2 = 99999
        r3 = r10
        r3 += -4
        r4 = 0
        r5 = 0
        call    bpf_check_mtu
        *(u64 *)(r7 + 312) = r0
        w0 = *(u32 *)(r10 - 4)
        *(u64 *)(r7 + 320) = r0
        *(u32 *)(r10 - 4) = 70000
        r1 = r6
        r2 = 1
        r3 = r10
        r3 += -4
        r4 = 0
        r5 = 0
        call    bpf_check_mtu
        *(u64 *)(r7 + 328) = r0
        r1 = r6
        r2 = 1
        r3 = r10
        r3 += -4
        r4 = 0
        r5 = 2
        call    bpf_check_mtu
        *(u64 *)(r7 + 336) = r0
        *(u32 *)(r10 - 4) = 0
        r1 = r6
        r2 = 1
        r3 = r10
        r3 += -4
        r4 = 65600
        r5 = 0
        call    bpf_check_mtu
        *(u64 *)(r7 + 344) = r0
done:   w0 = 0
        exit
