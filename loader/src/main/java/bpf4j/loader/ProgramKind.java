package bpf4j.loader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the name of its section says about a program: its type and how it is loaded (the `SEC()`
/// conventions of libbpf 1.x).
///
/// @param type Linux's number of the program type
/// @param attachType Linux's number of the expected attach type
/// @param exact whether libbpf 1.x knows the name; older ones took any name that began right
record ProgramKind(int type, int attachType, boolean sleepable, boolean frags, boolean exact) {
    static final int EXT = 28;
    static final int STRUCT_OPS = 27;

    /// The names of Linux's program types by number, as bpftool prints them.
    private static final List<String> NAMES =
            List.of(
                    "unspec",
                    "socket_filter",
                    "kprobe",
                    "sched_cls",
                    "sched_act",
                    "tracepoint",
                    "xdp",
                    "perf_event",
                    "cgroup_skb",
                    "cgroup_sock",
                    "lwt_in",
                    "lwt_out",
                    "lwt_xmit",
                    "sock_ops",
                    "sk_skb",
                    "cgroup_device",
                    "sk_msg",
                    "raw_tracepoint",
                    "cgroup_sock_addr",
                    "lwt_seg6local",
                    "lirc_mode2",
                    "sk_reuseport",
                    "flow_dissector",
                    "cgroup_sysctl",
                    "raw_tracepoint_writable",
                    "cgroup_sockopt",
                    "tracing",
                    "struct_ops",
                    "ext",
                    "lsm",
                    "sk_lookup",
                    "syscall",
                    "netfilter");

    /// Section name, program type, attach type and flags: `s` sleepable, `f` multi-buffer XDP. A
    /// name that ends in `+` stands for itself and for itself followed by `/` and anything.
    private static final String TABLE =
            """
            socket                   socket_filter             0
            sk_reuseport/migrate     sk_reuseport             40
            sk_reuseport             sk_reuseport             39
            kprobe+                  kprobe                    0
            uprobe+                  kprobe                    0
            uprobe.s+                kprobe                    0 s
            kretprobe+               kprobe                    0
            uretprobe+               kprobe                    0
            uretprobe.s+             kprobe                    0 s
            kprobe.multi+            kprobe                   42
            kretprobe.multi+         kprobe                   42
            kprobe.session+          kprobe                   56
            uprobe.multi+            kprobe                   48
            uretprobe.multi+         kprobe                   48
            uprobe.multi.s+          kprobe                   48 s
            uretprobe.multi.s+       kprobe                   48 s
            ksyscall+                kprobe                    0
            kretsyscall+             kprobe                    0
            usdt+                    kprobe                    0
            usdt.s+                  kprobe                    0 s
            tc/ingress               sched_cls                46
            tc/egress                sched_cls                47
            tcx/ingress              sched_cls                46
            tcx/egress               sched_cls                47
            tc                       sched_cls                 0
            classifier               sched_cls                 0
            action                   sched_act                 0
            netkit/primary           sched_cls                54
            netkit/peer              sched_cls                55
            tracepoint+              tracepoint                0
            tp+                      tracepoint                0
            raw_tracepoint+          raw_tracepoint            0
            raw_tp+                  raw_tracepoint            0
            raw_tracepoint.w+        raw_tracepoint_writable   0
            raw_tp.w+                raw_tracepoint_writable   0
            tp_btf+                  tracing                  23
            fentry+                  tracing                  24
            fmod_ret+                tracing                  26
            fexit+                   tracing                  25
            fentry.s+                tracing                  24 s
            fmod_ret.s+              tracing                  26 s
            fexit.s+                 tracing                  25 s
            freplace+                ext                       0
            lsm+                     lsm                      27
            lsm.s+                   lsm                      27 s
            lsm_cgroup+              lsm                      43
            iter+                    tracing                  28
            iter.s+                  tracing                  28 s
            syscall                  syscall                   0 s
            xdp.frags/devmap         xdp                      33 f
            xdp/devmap               xdp                      33
            xdp.frags/cpumap         xdp                      35 f
            xdp/cpumap               xdp                      35
            xdp.frags                xdp                      37 f
            xdp                      xdp                      37
            perf_event               perf_event                0
            lwt_in                   lwt_in                    0
            lwt_out                  lwt_out                   0
            lwt_xmit                 lwt_xmit                  0
            lwt_seg6local            lwt_seg6local             0
            sockops                  sock_ops                  3
            sk_skb/stream_parser     sk_skb                    4
            sk_skb/stream_verdict    sk_skb                    5
            sk_skb/verdict           sk_skb                   38
            sk_skb                   sk_skb                    0
            sk_msg                   sk_msg                    7
            lirc_mode2               lirc_mode2               16
            flow_dissector           flow_dissector           17
            cgroup_skb/ingress       cgroup_skb                0
            cgroup_skb/egress        cgroup_skb                1
            cgroup/skb               cgroup_skb                0
            cgroup/sock_create       cgroup_sock               2
            cgroup/sock_release      cgroup_sock              34
            cgroup/sock              cgroup_sock               2
            cgroup/post_bind4        cgroup_sock              12
            cgroup/post_bind6        cgroup_sock              13
            cgroup/bind4             cgroup_sock_addr          8
            cgroup/bind6             cgroup_sock_addr          9
            cgroup/connect4          cgroup_sock_addr         10
            cgroup/connect6          cgroup_sock_addr         11
            cgroup/connect_unix      cgroup_sock_addr         49
            cgroup/sendmsg4          cgroup_sock_addr         14
            cgroup/sendmsg6          cgroup_sock_addr         15
            cgroup/sendmsg_unix      cgroup_sock_addr         50
            cgroup/recvmsg4          cgroup_sock_addr         19
            cgroup/recvmsg6          cgroup_sock_addr         20
            cgroup/recvmsg_unix      cgroup_sock_addr         51
            cgroup/getpeername4      cgroup_sock_addr         29
            cgroup/getpeername6      cgroup_sock_addr         30
            cgroup/getpeername_unix  cgroup_sock_addr         52
            cgroup/getsockname4      cgroup_sock_addr         31
            cgroup/getsockname6      cgroup_sock_addr         32
            cgroup/getsockname_unix  cgroup_sock_addr         53
            cgroup/sysctl            cgroup_sysctl            18
            cgroup/getsockopt        cgroup_sockopt           21
            cgroup/setsockopt        cgroup_sockopt           22
            cgroup/dev               cgroup_device             6
            struct_ops+              struct_ops                0
            struct_ops.s+            struct_ops                0 s
            sk_lookup                sk_lookup                36
            netfilter                netfilter                45
            """;

    private static final List<Row> ROWS = rows();

    private record Row(String name, boolean open, ProgramKind kind) {
        boolean matches(String section) {
            return section.equals(name) || (open && section.startsWith(name + "/"));
        }

        /// Whether a section is named as before libbpf 1.0: anything after the name that does not
        /// go on with a letter.
        boolean begins(String section) {
            return section.startsWith(name)
                    && section.length() > name.length()
                    && !Character.isLetter(section.charAt(name.length()));
        }
    }

    /// The kind that a section's name stands for; a leading `?` is not part of it.
    static Optional<ProgramKind> of(String section) {
        for (Row row : ROWS) {
            if (row.matches(section)) {
                return Optional.of(row.kind);
            }
        }
        Row longest = null;
        for (Row row : ROWS) {
            if (row.begins(section)
                    && (longest == null || row.name.length() > longest.name.length())) {
                longest = row;
            }
        }
        return longest == null ? Optional.empty() : Optional.of(longest.kind.loose());
    }

    /// A kind of nothing but a program type.
    static ProgramKind ofType(String name) {
        int number = NAMES.indexOf(name);
        for (Row row : ROWS) {
            boolean plain = !row.name.contains("/") && !row.name.contains(".");
            if (row.kind.type == number && (plain || name.startsWith("cgroup"))) {
                return row.kind.loose();
            }
        }
        return new ProgramKind(number, 0, false, false, false);
    }

    /// The program type's name, such as `sched_cls`.
    String name() {
        return NAMES.get(type);
    }

    private ProgramKind loose() {
        return new ProgramKind(type, attachType, sleepable, frags, false);
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : TABLE.lines().toList()) {
            String[] words = line.split(" +", -1);
            String flags = words.length > 3 ? words[3] : "";
            boolean open = words[0].endsWith("+");
            rows.add(
                    new Row(
                            open ? words[0].substring(0, words[0].length() - 1) : words[0],
                            open,
                            new ProgramKind(
                                    NAMES.indexOf(words[1]),
                                    Integer.parseInt(words[2]),
                                    flags.contains("s"),
                                    flags.contains("f"),
                                    true)));
        }
        return List.copyOf(rows);
    }
}
