# Dynamic pointers to the memory of a map.
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
        r1 = r7
        r1 += 256
        r2 = 64
        r3 = 0
        r4 = r10
        r4 += -16
        call    bpf_dynptr_from_mem
        *(u64 *)(r7 + 0) = r0
        r0 = 0x1122334455667788 ll
        *(u64 *)(r10 - 24) = r0
        r1 = r10
        r1 += -16
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 0
        call    bpf_dynptr_write
        *(u64 *)(r7 + 8) = r0
        r1 = r10
        r1 += -16
        r2 = 56
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 0
        call    bpf_dynptr_write
        *(u64 *)(r7 + 16) = r0
        r1 = r10
        r1 += -16
        r2 = 57
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 0
        call    bpf_dynptr_write
        *(u64 *)(r7 + 24) = r0
        r1 = r10
        r1 += -16
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 1
        call    bpf_dynptr_write
        *(u64 *)(r7 + 32) = r0
        r1 = r10
        r1 += -16
        r2 = 3
        r3 = r10
        r3 += -24
        r4 = 4
        r5 = 0
        call    bpf_dynptr_write
        *(u64 *)(r7 + 40) = r0
        r1 = r10
        r1 += -32
        r2 = 8
        r3 = r10
        r3 += -16
        r4 = 0
        r5 = 0
        call    bpf_dynptr_read
        *(u64 *)(r7 + 48) = r0
        r1 = r10
        r1 += -32
        r2 = 8
        r3 = r10
        r3 += -16
        r4 = 60
        r5 = 0
        call    bpf_dynptr_read
        *(u64 *)(r7 + 56) = r0
        r1 = r10
        r1 += -32
        r2 = 8
        r3 = r10
        r3 += -16
        r4 = 1
        r5 = 0
        call    bpf_dynptr_read
        *(u64 *)(r7 + 64) = r0
        r1 = r10
        r1 += -32
        r2 = 8
        r3 = r10
        r3 += -16
        r4 = 0
        r5 = 2
        call    bpf_dynptr_read
        *(u64 *)(r7 + 72) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 80) = r0
        r1 = r10
        r1 += -16
        r2 = 0
        r3 = 8
        call    bpf_dynptr_data
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 88) = r0
        r1 = r10
        r1 += -16
        r2 = 56
        r3 = 8
        call    bpf_dynptr_data
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 96) = r0
        r1 = r10
        r1 += -16
        r2 = 60
        r3 = 8
        call    bpf_dynptr_data
        if r0 == 0 goto +1
        r0 = *(u64 *)(r0 + 0)
        *(u64 *)(r7 + 104) = r0
done:   w0 = 2
        exit
