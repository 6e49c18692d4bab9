# Checksum arithmetic, with offsets and flags that are wrong too.
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
        r2 = 24
        r3 = 0
        r4 = 4660
        r5 = 0
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 0) = r0
        r1 = r6
        r2 = 24
        r3 = 2560
        r4 = 2816
        r5 = 2
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 8) = r0
        r1 = r6
        r2 = 24
        r3 = 16909060
        r4 = 84281096
        r5 = 4
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 16) = r0
        r1 = r6
        r2 = 24
        r3 = 1
        r4 = 5
        r5 = 0
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 24) = r0
        r1 = r6
        r2 = 24
        r3 = 1
        r4 = 5
        r5 = 3
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 32) = r0
        r1 = r6
        r2 = 24
        r3 = 1
        r4 = 5
        r5 = 16
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 40) = r0
        r1 = r6
        r2 = 25
        r3 = 0
        r4 = 5
        r5 = 0
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 48) = r0
        r1 = r6
        r2 = 1000
        r3 = 0
        r4 = 5
        r5 = 0
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 56) = r0
        r1 = r6
        r2 = 65536
        r3 = 0
        r4 = 5
        r5 = 0
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 64) = r0
        r1 = r6
        r2 = 0
        r3 = 65535
        r4 = 0
        r5 = 2
        call    bpf_l3_csum_replace
        *(u64 *)(r7 + 72) = r0
        r1 = r6
        r2 = 36
        r3 = 0
        r4 = 4660
        r5 = 16
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 80) = r0
        r1 = r6
        r2 = 36
        r3 = 2560
        r4 = 2816
        r5 = 2
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 88) = r0
        r1 = r6
        r2 = 36
        r3 = 16909060
        r4 = 84281096
        r5 = 20
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 96) = r0
        r1 = r6
        r2 = 38
        r3 = 1
        r4 = 5
        r5 = 34
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 104) = r0
        r1 = r6
        r2 = 38
        r3 = 0
        r4 = 0
        r5 = 96
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 112) = r0
        r1 = r6
        r2 = 36
        r3 = 1
        r4 = 5
        r5 = 512
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 120) = r0
        r1 = r6
        r2 = 36
        r3 = 1
        r4 = 5
        r5 = 3
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 128) = r0
        r1 = r6
        r2 = 37
        r3 = 1
        r4 = 2
        r5 = 2
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 136) = r0
        r1 = r6
        r2 = 2000
        r3 = 1
        r4 = 2
        r5 = 2
        call    bpf_l4_csum_replace
        *(u64 *)(r7 + 144) = r0
        r0 = 0x1122334455667788 ll
        *(u64 *)(r10 - 16) = r0
        r0 = 0xfedcba9876543210 ll
        *(u64 *)(r10 - 24) = r0
        r0 = -1
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 0
        call    bpf_csum_diff
        *(u64 *)(r7 + 152) = r0
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = r10
        r3 += -32
        r4 = 16
        r5 = 4660
        call    bpf_csum_diff
        *(u64 *)(r7 + 160) = r0
        r1 = 0
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 77
        call    bpf_csum_diff
        *(u64 *)(r7 + 168) = r0
        r1 = r10
        r1 += -24
        r2 = 8
        r3 = 0
        r4 = 0
        r5 = 77
        call    bpf_csum_diff
        *(u64 *)(r7 + 176) = r0
        r1 = r10
        r1 += -32
        r2 = 4
        r3 = r10
        r3 += -32
        r4 = 8
        r5 = -1
        call    bpf_csum_diff
        *(u64 *)(r7 + 184) = r0
        r1 = 0
        r2 = 0
        r3 = 0
        r4 = 0
        r5 = 74565
        call    bpf_csum_diff
        *(u64 *)(r7 + 192) = r0
        r1 = r10
        r1 += -24
        r2 = 6
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 0
        call    bpf_csum_diff
        *(u64 *)(r7 + 200) = r0
        r1 = r10
        r1 += -32
        r2 = 8
        r3 = r10
        r3 += -32
        r4 = 8
        r5 = 0
        call    bpf_csum_diff
        *(u64 *)(r7 + 208) = r0
        r1 = r6
        r2 = 5
        call    bpf_csum_update
        *(u64 *)(r7 + 216) = r0
        r1 = r6
        r2 = 0
        call    bpf_csum_level
        *(u64 *)(r7 + 224) = r0
        r1 = r6
        r2 = 1
        call    bpf_csum_level
        *(u64 *)(r7 + 232) = r0
        r1 = r6
        r2 = 2
        call    bpf_csum_level
        *(u64 *)(r7 + 240) = r0
        r1 = r6
        r2 = 3
        call    bpf_csum_level
        *(u64 *)(r7 + 248) = r0
        r1 = r6
        r2 = 4
        call    bpf_csum_level
        *(u64 *)(r7 + 256) = r0
done:   w0 = 0
        exit
