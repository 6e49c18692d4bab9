# Redirection and events without consumers.
        .program xdp
        .map    out, array, key=4, value=512, entries=1
        .map    devs, devmap, key=4, value=4, entries=4
        .map    cpus, cpumap, key=4, value=4, entries=4
        .map    events, perf_event_array, key=4, value=4, entries=16
        .map    ring, ringbuf, entries=4096

        r6 = r1
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = out ll
        call    bpf_map_lookup_elem
        if r0 == 0 goto done
        r7 = r0
        r1 = 0
        r2 = 0
        call    bpf_redirect
        *(u64 *)(r7 + 0) = r0
        r1 = 7
        r2 = 0
        call    bpf_redirect
        *(u64 *)(r7 + 8) = r0
        r1 = 7
        r2 = 1
        call    bpf_redirect
        *(u64 *)(r7 + 16) = r0
        r1 = 7
        r2 = 8
        call    bpf_redirect
        *(u64 *)(r7 + 24) = r0
        r1 = devs ll
        r2 = 0
        r3 = 0
        call    bpf_redirect_map
        *(u64 *)(r7 + 32) = r0
        r1 = devs ll
        r2 = 1
        r3 = 2
        call    bpf_redirect_map
        *(u64 *)(r7 + 40) = r0
        r1 = devs ll
        r2 = 5
        r3 = 1
        call    bpf_redirect_map
        *(u64 *)(r7 + 48) = r0
        r1 = devs ll
        r2 = 5
        r3 = 4
        call    bpf_redirect_map
        *(u64 *)(r7 + 56) = r0
        r1 = devs ll
        r2 = 5
        r3 = 8
        call    bpf_redirect_map
        *(u64 *)(r7 + 64) = r0
        r1 = devs ll
        r2 = 9
        r3 = 3
        call    bpf_redirect_map
        *(u64 *)(r7 + 72) = r0
        r1 = devs ll
        r2 = 1
        r3 = 24
        call    bpf_redirect_map
        *(u64 *)(r7 + 80) = r0
        r1 = cpus ll
        r2 = 0
        r3 = 2
        call    bpf_redirect_map
        *(u64 *)(r7 + 88) = r0
        r1 = cpus ll
        r2 = 1
        r3 = 9
        call    bpf_redirect_map
        *(u64 *)(r7 + 96) = r0
        *(u64 *)(r10 - 16) = 0x55
        r1 = r6
        r2 = events ll
        r3 = 0x0 ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 104) = r0
        r1 = r6
        r2 = events ll
        r3 = 0xffffffff ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 112) = r0
        r1 = r6
        r2 = events ll
        r3 = 0x100000000 ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 120) = r0
        r1 = r6
        r2 = events ll
        r3 = 0x14 ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 128) = r0
        r1 = r6
        r2 = events ll
        r3 = 0x1f400000000 ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 136) = r0
        r1 = r6
        r2 = events ll
        r3 = 0x10000000000000 ll
        r4 = r10
        r4 += -16
        r5 = 8
        call    bpf_perf_event_output
        *(u64 *)(r7 + 144) = r0
        r1 = ring ll
        r2 = r10
        r2 += -16
        r3 = 8
        r4 = 0
        call    bpf_ringbuf_output
        *(u64 *)(r7 + 152) = r0
        r1 = ring ll
        r2 = r10
        r2 += -16
        r3 = 8
        r4 = 1
        call    bpf_ringbuf_output
        *(u64 *)(r7 + 160) = r0
        r1 = ring ll
        r2 = r10
        r2 += -16
        r3 = 8
        r4 = 2
        call    bpf_ringbuf_output
        *(u64 *)(r7 + 168) = r0
        r1 = ring ll
        r2 = r10
        r2 += -16
        r3 = 8
        r4 = 4
        call    bpf_ringbuf_output
        *(u64 *)(r7 + 176) = r0
        r1 = ring ll
        r2 = 0
        call    bpf_ringbuf_query
        *(u64 *)(r7 + 184) = r0
        r1 = ring ll
        r2 = 1
        call    bpf_ringbuf_query
        *(u64 *)(r7 + 192) = r0
        r1 = ring ll
        r2 = 2
        call    bpf_ringbuf_query
        *(u64 *)(r7 + 200) = r0
        r1 = ring ll
        r2 = 3
        call    bpf_ringbuf_query
        *(u64 *)(r7 + 208) = r0
        r1 = ring ll
        r2 = 4
        call    bpf_ringbuf_query
        *(u64 *)(r7 + 216) = r0
done:   w0 = 2
        exit
