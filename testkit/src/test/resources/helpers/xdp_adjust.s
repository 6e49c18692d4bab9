# Moving the start of a frame and its metadata.
        .program xdp
        .map    out, array, key=4, value=512, entries=1

        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = out ll
        call    bpf_map_lookup_elem
        if r0 == 0 goto done
        r7 = r0
        w0 = *(u32 *)(r6 + 12)
        *(u64 *)(r7 + 0) = r0
        w0 = *(u32 *)(r6 + 16)
        *(u64 *)(r7 + 8) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 16) = r2
        *(u64 *)(r7 + 24) = r1
        r1 = r6
        r2 = -14
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 32) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 40) = r2
        *(u64 *)(r7 + 48) = r1
        r1 = r6
        r2 = 20
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 56) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 64) = r2
        *(u64 *)(r7 + 72) = r1
        r1 = r6
        r2 = -216
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 80) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 88) = r2
        *(u64 *)(r7 + 96) = r1
        r1 = r6
        r2 = -217
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 104) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 112) = r2
        *(u64 *)(r7 + 120) = r1
        r1 = r6
        r2 = 5
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 128) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 136) = r2
        *(u64 *)(r7 + 144) = r1
        r1 = r6
        r2 = 1000
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 152) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 160) = r2
        *(u64 *)(r7 + 168) = r1
        r1 = r6
        r2 = -6
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 176) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 184) = r2
        *(u64 *)(r7 + 192) = r1
        r1 = r6
        r2 = -8
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 200) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 208) = r2
        *(u64 *)(r7 + 216) = r1
        r1 = r6
        r2 = -4
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 224) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 232) = r2
        *(u64 *)(r7 + 240) = r1
        r1 = r6
        r2 = -3
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 248) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 256) = r2
        *(u64 *)(r7 + 264) = r1
        r1 = r6
        r2 = -260
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 272) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 280) = r2
        *(u64 *)(r7 + 288) = r1
        r1 = r6
        r2 = 12
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 296) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 304) = r2
        *(u64 *)(r7 + 312) = r1
        r1 = r6
        r2 = -40
        call    bpf_xdp_adjust_meta
        *(u64 *)(r7 + 320) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 328) = r2
        *(u64 *)(r7 + 336) = r1
        r1 = r6
        r2 = -4
        call    bpf_xdp_adjust_head
        *(u64 *)(r7 + 344) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 352) = r2
        *(u64 *)(r7 + 360) = r1
done:   w0 = 2
        exit
