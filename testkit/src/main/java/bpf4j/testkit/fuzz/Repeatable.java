package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;

/// Whether what a program gives can be compared.
final class Repeatable {
    private static final int XDP = 6;
    private static final int RAW_TRACEPOINT = 17;

    private Repeatable() {}

    /// Whether test runs of the program's type exist everywhere.
    static boolean isRunnable(Trial trial) {
        int type = trial.type().number();
        return type == XDP
                || type == RAW_TRACEPOINT
                || trial.type().context().struct().equals("__sk_buff");
    }

    /// Whether Linux must give what we give: no helper tells of time, chance, tasks or the network.
    static boolean isSameOnLinux(Trial trial) {
        Code code = trial.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            boolean same =
                    switch (code.at(pc)) {
                        case Insn.CallHelper(int id) -> isSameOnLinux(id);
                        case Insn.CallKfunc _ -> false;
                        default -> true;
                    };
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSameOnLinux(int helper) {
        return switch (helper) {
            // map_lookup_elem, map_update_elem, map_delete_elem, push, pop, peek, tail_call.
            case 1, 2, 3, 12, 87, 88, 89 -> true;
            // Packets and checksums: skb_store_bytes to xdp_store_bytes.
            case 9, 10, 11, 18, 19, 26, 28, 38, 39, 40, 43, 44, 54, 65, 68, 135, 188, 189, 190 ->
                    true;
            // redirect, redirect_map, spin locks, strtol, strtoul, strncmp.
            case 23, 51, 93, 94, 105, 106, 182 -> true;
            // Ring buffers, for_each_map_elem, loop, dynptrs.
            case 130, 131, 132, 133, 134, 164, 181, 197, 198, 199, 200, 201, 202, 203 -> true;
            default -> false;
        };
    }
}
