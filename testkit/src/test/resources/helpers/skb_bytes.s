# Bytes of a socket buffer, inside and outside of it.
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
        *(u64 *)(r10 - 16) = 0
        *(u64 *)(r10 - 24) = 0
        *(u64 *)(r10 - 32) = 0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -32
        r4 = 8
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 0) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 8) = r0
        r1 = r6
        r2 = 12
        r3 = r10
        r3 += -32
        r4 = 2
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 16) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 24) = r0
        r1 = r6
        r2 = 14
        r3 = r10
        r3 += -32
        r4 = 16
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 32) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 40) = r0
        r1 = r6
        r2 = 40
        r3 = r10
        r3 += -32
        r4 = 8
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 48) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 56) = r0
        r1 = r6
        r2 = 1000
        r3 = r10
        r3 += -32
        r4 = 8
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 64) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 72) = r0
        r1 = r6
        r2 = -1
        r3 = r10
        r3 += -32
        r4 = 4
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 80) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 88) = r0
        r1 = r6
        r2 = 70
        r3 = r10
        r3 += -32
        r4 = 8
        call    bpf_skb_load_bytes
        *(u64 *)(r7 + 96) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 104) = r0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -32
        r4 = 8
        r5 = 0
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 112) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 120) = r0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -32
        r4 = 8
        r5 = 1
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 128) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 136) = r0
        r1 = r6
        r2 = 20
        r3 = r10
        r3 += -32
        r4 = 8
        r5 = 1
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 144) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 152) = r0
        r1 = r6
        r2 = 65536
        r3 = r10
        r3 += -32
        r4 = 4
        r5 = 1
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 160) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 168) = r0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -32
        r4 = 4
        r5 = 2
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 176) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 184) = r0
        r1 = r6
        r2 = 60
        r3 = r10
        r3 += -32
        r4 = 16
        r5 = 0
        call    bpf_skb_load_bytes_relative
        *(u64 *)(r7 + 192) = r0
        r0 = *(u64 *)(r10 - 32)
        *(u64 *)(r7 + 200) = r0
        r0 = 0x1122334455667788 ll
        *(u64 *)(r10 - 24) = r0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 6
        r5 = 0
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 208) = r0
        r1 = r6
        r2 = 14
        r3 = r10
        r3 += -24
        r4 = 2
        r5 = 1
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 216) = r0
        r1 = r6
        r2 = 20
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 2
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 224) = r0
        r1 = r6
        r2 = 24
        r3 = r10
        r3 += -24
        r4 = 4
        r5 = 3
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 232) = r0
        r1 = r6
        r2 = 0
        r3 = r10
        r3 += -24
        r4 = 4
        r5 = 4
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 240) = r0
        r1 = r6
        r2 = 1000
        r3 = r10
        r3 += -24
        r4 = 4
        r5 = 0
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 248) = r0
        r1 = r6
        r2 = -1
        r3 = r10
        r3 += -24
        r4 = 4
        r5 = 0
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 256) = r0
        r1 = r6
        r2 = 40
        r3 = r10
        r3 += -24
        r4 = 8
        r5 = 1
        call    bpf_skb_store_bytes
        *(u64 *)(r7 + 264) = r0
        r1 = r6
        r2 = 0
        call    bpf_skb_pull_data
        *(u64 *)(r7 + 272) = r0
        r1 = r6
        r2 = 14
        call    bpf_skb_pull_data
        *(u64 *)(r7 + 280) = r0
        r1 = r6
        r2 = 20
        call    bpf_skb_pull_data
        *(u64 *)(r7 + 288) = r0
        r1 = r6
        r2 = 1000
        call    bpf_skb_pull_data
        *(u64 *)(r7 + 296) = r0
done:   w0 = 0
        exit
