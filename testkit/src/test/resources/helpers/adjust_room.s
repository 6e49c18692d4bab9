# Room for headers in a socket buffer.
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
        r2 = 8
        r3 = 1
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 0) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 8) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 16) = r0
        r1 = r6
        r2 = 20
        r3 = 0
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 24) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 32) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 40) = r0
        r1 = r6
        r2 = -8
        r3 = 1
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 48) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 56) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 64) = r0
        r1 = r6
        r2 = -20
        r3 = 0
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 72) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 80) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 88) = r0
        r1 = r6
        r2 = 4096
        r3 = 1
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 96) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 104) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 112) = r0
        r1 = r6
        r2 = 8
        r3 = 2
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 120) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 128) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 136) = r0
        r1 = r6
        r2 = 8
        r3 = 1
        r4 = 512
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 144) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 152) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 160) = r0
        r1 = r6
        r2 = -2000
        r3 = 1
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 168) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 176) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 184) = r0
        r1 = r6
        r2 = -28
        r3 = 0
        r4 = 0
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 192) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 200) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 208) = r0
        r1 = r6
        r2 = 20
        r3 = 1
        r4 = 2
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 216) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 224) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 232) = r0
        r1 = r6
        r2 = 20
        r3 = 1
        r4 = 6
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 240) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 248) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 256) = r0
        r1 = r6
        r2 = -20
        r3 = 1
        r4 = 128
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 264) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 272) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 280) = r0
        r1 = r6
        r2 = 8
        r3 = 1
        r4 = 128
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 288) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 296) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 304) = r0
        r1 = r6
        r2 = -20
        r3 = 1
        r4 = 384
        call    bpf_skb_adjust_room
        *(u64 *)(r7 + 312) = r0
        w0 = *(u32 *)(r6 + 0)
        *(u64 *)(r7 + 320) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 328) = r0
done:   w0 = 0
        exit
