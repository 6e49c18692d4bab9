# Moving the end of a frame, and its bytes.
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
        r1 = r6
        r2 = 16
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 0) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 8) = r2
        *(u64 *)(r7 + 16) = r1
        r1 = r6
        r2 = -16
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 24) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 32) = r2
        *(u64 *)(r7 + 40) = r1
        r1 = r6
        r2 = 4000
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 48) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 56) = r2
        *(u64 *)(r7 + 64) = r1
        r1 = r6
        r2 = -1000
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 72) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 80) = r2
        *(u64 *)(r7 + 88) = r1
        r1 = r6
        r2 = 3400
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 96) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 104) = r2
        *(u64 *)(r7 + 112) = r1
        r1 = r6
        r2 = -20
        call    bpf_xdp_adjust_tail
        *(u64 *)(r7 + 120) = r0
        r1 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r3 = *(u32 *)(r6 + 8)
        r2 -= r1
        r1 -= r3
        *(u64 *)(r7 + 128) = r2
        *(u64 *)(r7 + 136) = r1
        r1 = r6
        call    bpf_xdp_get_buff_len
        *(u64 *)(r7 + 144) = r0
        *(u64 *)(r10 - 16) = 0x55
        *(u64 *)(r10 - 24) = 0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 8
        call    bpf_xdp_load_bytes
        *(u64 *)(r7 + 152) = r0
        r0 = *(u64 *)(r10 - 24)
        *(u64 *)(r7 + 160) = r0
        r1 = r6
        r2 = 30
        r3 = r10
        r3 += -24
        r4 = 8
        call    bpf_xdp_load_bytes
        *(u64 *)(r7 + 168) = r0
        r0 = *(u64 *)(r10 - 24)
        *(u64 *)(r7 + 176) = r0
        r1 = r6
        r2 = 65535
        r3 = r10
        r3 += -24
        r4 = 4
        call    bpf_xdp_load_bytes
        *(u64 *)(r7 + 184) = r0
        r0 = *(u64 *)(r10 - 24)
        *(u64 *)(r7 + 192) = r0
        r1 = r6
        r2 = 65536
        r3 = r10
        r3 += -24
        r4 = 4
        call    bpf_xdp_load_bytes
        *(u64 *)(r7 + 200) = r0
        r0 = *(u64 *)(r10 - 24)
        *(u64 *)(r7 + 208) = r0
        r1 = r6
        r2 = 1000
        r3 = r10
        r3 += -24
        r4 = 8
        call    bpf_xdp_load_bytes
        *(u64 *)(r7 + 216) = r0
        r0 = *(u64 *)(r10 - 24)
        *(u64 *)(r7 + 224) = r0
        r1 = r6
        r2 = 2
        r3 = r10
        r3 += -16
        r4 = 8
        call    bpf_xdp_store_bytes
        *(u64 *)(r7 + 232) = r0
        r1 = r6
        r2 = 30
        r3 = r10
        r3 += -16
        r4 = 4
        call    bpf_xdp_store_bytes
        *(u64 *)(r7 + 240) = r0
        r1 = r6
        r2 = 65535
        r3 = r10
        r3 += -16
        r4 = 4
        call    bpf_xdp_store_bytes
        *(u64 *)(r7 + 248) = r0
        r1 = r6
        r2 = 65536
        r3 = r10
        r3 += -16
        r4 = 4
        call    bpf_xdp_store_bytes
        *(u64 *)(r7 + 256) = r0
done:   w0 = 2
        exit
