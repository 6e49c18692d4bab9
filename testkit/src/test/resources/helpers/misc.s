# Reading anywhere, and what packets without sockets give.
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
        *(u64 *)(r10 - 16) = -1
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = 0
        call    bpf_probe_read_kernel
        *(u64 *)(r7 + 0) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 8) = r0
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = r7
        r3 += 0
        call    bpf_probe_read_kernel
        *(u64 *)(r7 + 16) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 24) = r0
        r0 = 0x0063006261 ll
        *(u64 *)(r10 - 32) = r0
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = r10
        r3 += -32
        call    bpf_probe_read_kernel_str
        *(u64 *)(r7 + 32) = r0
        r0 = *(u64 *)(r10 - 16)
        *(u64 *)(r7 + 40) = r0
        r1 = r10
        r1 += -16
        r2 = 2
        r3 = r10
        r3 += -32
        call    bpf_probe_read_kernel_str
        *(u64 *)(r7 + 48) = r0
        r1 = r10
        r1 += -16
        r2 = 8
        r3 = 0
        call    bpf_probe_read_kernel_str
        *(u64 *)(r7 + 56) = r0
        call    bpf_get_numa_node_id
        *(u64 *)(r7 + 64) = r0
        r1 = r6
        call    bpf_get_cgroup_classid
        *(u64 *)(r7 + 72) = r0
        r1 = r6
        call    bpf_get_route_realm
        *(u64 *)(r7 + 80) = r0
        r1 = 7
        r2 = 1
        call    bpf_redirect_peer
        *(u64 *)(r7 + 88) = r0
        r1 = 7
        r2 = 0
        r3 = 0
        r4 = 1
        call    bpf_redirect_neigh
        *(u64 *)(r7 + 96) = r0
        r1 = 7
        r2 = 2
        call    bpf_redirect
        *(u64 *)(r7 + 104) = r0
        r1 = 7
        r2 = 0
        call    bpf_redirect
        *(u64 *)(r7 + 112) = r0
        r1 = r6
        r2 = 99999
        r3 = 0
        call    bpf_clone_redirect
        *(u64 *)(r7 + 120) = r0
        r1 = r6
        r2 = 1
        r3 = 2
        call    bpf_clone_redirect
        *(u64 *)(r7 + 128) = r0
done:   w0 = 0
        exit
