package bpf4j.perf.hand;

import bpf4j.perf.compare.Workload;
import bpf4j.perf.firewall.HandFirewall;

import org.jspecify.annotations.Nullable;

/// The programs by their names.
public final class HandPrograms {
    private HandPrograms() {}

    /// A fresh program, or null where there is none of this name.
    public static @Nullable HandProgram create(Workload workload) {
        return switch (workload.program()) {
            case "packet_filter" -> Filters::packetFilter;
            case "load_balancer" -> new LoadBalancer();
            case "flow_table" -> new FlowTable();
            case "checksum" -> Loops::checksum;
            case "log2_words" -> Loops::log2;
            case "prime" -> Loops::prime;
            case "strcmp256" -> Loops::compare;
            case "memcpy512" -> Loops::copy;
            case "switch32" -> Loops::interpret;
            case "stack_struct" -> Filters::event;
            case "bpf_loop256" -> Loops::loop;
            case "tail_chain" -> new Chain();
            case "lpm_lookup" -> new Prefixes(workload);
            case "xdp_firewall" -> new HandFirewall()::run;
            default -> null;
        };
    }
}
