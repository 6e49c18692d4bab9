# What operations on maps return.
        .program xdp
        .map    out, array, key=4, value=512, entries=1
        .map    h, hash, key=8, value=8, entries=2
        .map    a, array, key=4, value=8, entries=4
        .map    q, queue, value=8, entries=2
        .map    s, stack, value=8, entries=2

        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = out ll
        call    bpf_map_lookup_elem
        if r0 == 0 goto done
        r7 = r0
        *(u64 *)(r10 - 16) = 1
        *(u64 *)(r10 - 24) = 100
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 2
        call    bpf_map_update_elem
        *(u64 *)(r7 + 0) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 8) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 1
        call    bpf_map_update_elem
        *(u64 *)(r7 + 16) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 2
        call    bpf_map_update_elem
        *(u64 *)(r7 + 24) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 32) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 3
        call    bpf_map_update_elem
        *(u64 *)(r7 + 40) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 4
        call    bpf_map_update_elem
        *(u64 *)(r7 + 48) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 8
        call    bpf_map_update_elem
        *(u64 *)(r7 + 56) = r0
        *(u64 *)(r10 - 16) = 2
        r1 = h ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 64) = r0
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 72) = r0
        *(u64 *)(r10 - 16) = 3
        r1 = h ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 80) = r0
        *(u64 *)(r10 - 16) = 1
        r1 = h ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 88) = r0
        *(u32 *)(r10 - 32) = 1
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 96) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 1
        call    bpf_map_update_elem
        *(u64 *)(r7 + 104) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 2
        call    bpf_map_update_elem
        *(u64 *)(r7 + 112) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 3
        call    bpf_map_update_elem
        *(u64 *)(r7 + 120) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 4
        call    bpf_map_update_elem
        *(u64 *)(r7 + 128) = r0
        *(u32 *)(r10 - 32) = 4
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 136) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        r3 = r10
        r3 += -24
        r4 = 1
        call    bpf_map_update_elem
        *(u64 *)(r7 + 144) = r0
        r1 = a ll
        r2 = r10
        r2 += -32
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 152) = r0
        r1 = q ll
        r2 = r10
        r2 += -16
        call    bpf_map_peek_elem
        *(u64 *)(r7 + 160) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 168) = r0
        *(u64 *)(r10 - 24) = 11
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 176) = r0
        *(u64 *)(r10 - 24) = 12
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 184) = r0
        *(u64 *)(r10 - 24) = 13
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 192) = r0
        *(u64 *)(r10 - 24) = 14
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 2
        call    bpf_map_push_elem
        *(u64 *)(r7 + 200) = r0
        *(u64 *)(r10 - 24) = 15
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 1
        call    bpf_map_push_elem
        *(u64 *)(r7 + 208) = r0
        *(u64 *)(r10 - 24) = 16
        r1 = q ll
        r2 = r10
        r2 += -24
        r3 = 4
        call    bpf_map_push_elem
        *(u64 *)(r7 + 216) = r0
        r1 = q ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 224) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 232) = r0
        r1 = q ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 240) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 248) = r0
        r1 = q ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 256) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 264) = r0
        r1 = s ll
        r2 = r10
        r2 += -16
        call    bpf_map_peek_elem
        *(u64 *)(r7 + 272) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 280) = r0
        *(u64 *)(r10 - 24) = 11
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 288) = r0
        *(u64 *)(r10 - 24) = 12
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 296) = r0
        *(u64 *)(r10 - 24) = 13
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 0
        call    bpf_map_push_elem
        *(u64 *)(r7 + 304) = r0
        *(u64 *)(r10 - 24) = 14
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 2
        call    bpf_map_push_elem
        *(u64 *)(r7 + 312) = r0
        *(u64 *)(r10 - 24) = 15
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 1
        call    bpf_map_push_elem
        *(u64 *)(r7 + 320) = r0
        *(u64 *)(r10 - 24) = 16
        r1 = s ll
        r2 = r10
        r2 += -24
        r3 = 4
        call    bpf_map_push_elem
        *(u64 *)(r7 + 328) = r0
        r1 = s ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 336) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 344) = r0
        r1 = s ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 352) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 360) = r0
        r1 = s ll
        r2 = r10
        r2 += -16
        call    bpf_map_pop_elem
        *(u64 *)(r7 + 368) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 376) = r0
done:   w0 = 2
        exit
