# Numbers from text, unsigned.
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
        r0 = 0x63626132342020 ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 8
        r3 = 0
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 0) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 8) = r0
        r0 = 0x37312d ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 4
        r3 = 10
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 16) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 24) = r0
        r0 = 0x7a66317830 ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 6
        r3 = 0
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 32) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 40) = r0
        r0 = 0x7a66317830 ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 6
        r3 = 16
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 48) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 56) = r0
        r0 = 0x3434373634343831 ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x3535393037333730 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x35313631 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 21
        r3 = 10
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 64) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 72) = r0
        r0 = 0x3434373634343831 ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x3535393037333730 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x36313631 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 21
        r3 = 10
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 80) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 88) = r0
        r0 = 0x352b ll
        *(u64 *)(r10 - 48) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 40) = r0
        r0 = 0x0 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -48
        r2 = 3
        r3 = 0
        r4 = r10
        r4 += -16
        call    bpf_strtoul
        *(u64 *)(r7 + 96) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 104) = r0
done:   w0 = 0
        exit
