# Prefixes.
        .program xdp
        .map    out, array, key=4, value=512, entries=1
        .map    t, lpm_trie, key=8, value=8, entries=3, flags=1

        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = out ll
        call    bpf_map_lookup_elem
        if r0 == 0 goto done
        r7 = r0
        *(u64 *)(r10 - 24) = 7
        *(u32 *)(r10 - 16) = 8
        *(u32 *)(r10 - 12) = 10
        *(u64 *)(r10 - 24) = 108
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 0) = r0
        *(u32 *)(r10 - 16) = 16
        *(u32 *)(r10 - 12) = 2570
        *(u64 *)(r10 - 24) = 116
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 8) = r0
        *(u32 *)(r10 - 16) = 33
        *(u32 *)(r10 - 12) = 10
        *(u64 *)(r10 - 24) = 133
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 16) = r0
        *(u32 *)(r10 - 16) = 8
        *(u32 *)(r10 - 12) = 10
        *(u64 *)(r10 - 24) = 108
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 1
        call    bpf_map_update_elem
        *(u64 *)(r7 + 24) = r0
        *(u32 *)(r10 - 16) = 9
        *(u32 *)(r10 - 12) = 10
        *(u64 *)(r10 - 24) = 109
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 2
        call    bpf_map_update_elem
        *(u64 *)(r7 + 32) = r0
        *(u32 *)(r10 - 16) = 24
        *(u32 *)(r10 - 12) = 65802
        *(u64 *)(r10 - 24) = 124
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 40) = r0
        *(u32 *)(r10 - 16) = 0
        *(u32 *)(r10 - 12) = 0
        *(u64 *)(r10 - 24) = 100
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 0
        call    bpf_map_update_elem
        *(u64 *)(r7 + 48) = r0
        *(u32 *)(r10 - 16) = 8
        *(u32 *)(r10 - 12) = 10
        *(u64 *)(r10 - 24) = 108
        r1 = t ll
        r2 = r10
        r2 += -16
        r3 = r10
        r3 += -24
        r4 = 3
        call    bpf_map_update_elem
        *(u64 *)(r7 + 56) = r0
        *(u32 *)(r10 - 16) = 32
        *(u32 *)(r10 - 12) = 10
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 64) = r0
        *(u32 *)(r10 - 16) = 32
        *(u32 *)(r10 - 12) = 2570
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 72) = r0
        *(u32 *)(r10 - 16) = 32
        *(u32 *)(r10 - 12) = 131338
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 80) = r0
        *(u32 *)(r10 - 16) = 32
        *(u32 *)(r10 - 12) = 65802
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 88) = r0
        *(u32 *)(r10 - 16) = 32
        *(u32 *)(r10 - 12) = 9
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 96) = r0
        *(u32 *)(r10 - 16) = 33
        *(u32 *)(r10 - 12) = 9
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 104) = r0
        *(u32 *)(r10 - 16) = 16
        *(u32 *)(r10 - 12) = 266
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_lookup_elem
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 112) = r0
        *(u32 *)(r10 - 16) = 8
        *(u32 *)(r10 - 12) = 10
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 120) = r0
        *(u32 *)(r10 - 16) = 8
        *(u32 *)(r10 - 12) = 10
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 128) = r0
        *(u32 *)(r10 - 16) = 33
        *(u32 *)(r10 - 12) = 1
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 136) = r0
        *(u32 *)(r10 - 16) = 16
        *(u32 *)(r10 - 12) = 2570
        r1 = t ll
        r2 = r10
        r2 += -16
        call    bpf_map_delete_elem
        *(u64 *)(r7 + 144) = r0
done:   w0 = 2
        exit
