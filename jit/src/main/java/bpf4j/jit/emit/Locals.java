package bpf4j.jit.emit;

import bpf4j.jit.ir.Effects;

import java.util.Arrays;

/// Where a generated method keeps its local variables. Variables get their places when they are
/// first asked for, one after the other: HotSpot's compilers, and ASM, take time for each local of
/// a method at each block, used or not.
final class Locals {
    private final int execution;
    private final int framePointer;
    private final long[] regions;
    private final int pc;
    private final int[] wide = new int[Effects.LIMIT + 1];
    private final int[] narrow = new int[Effects.LIMIT];
    private int budget = -1;
    private int turn = -1;
    private int packet = -1;
    private int packetBase = -1;
    private int next;

    /// The locals of a method.
    ///
    /// @param execution the running execution
    /// @param framePointer the stack offset of r10
    /// @param first the first local that is free
    /// @param regions the regions of the values of each map of the program, shifted into place
    Locals(int execution, int framePointer, int first, long[] regions) {
        this.execution = execution;
        this.framePointer = framePointer;
        this.regions = regions;
        pc = first;
        next = first + 1;
        Arrays.fill(wide, -1);
        Arrays.fill(narrow, -1);
    }

    /// What a local variable holds, for people.
    String name(int local) {
        if (local == pc) {
            return "pc";
        }
        if (local == budget) {
            return "budget";
        }
        if (local == packet || local == packetBase) {
            return local == packet ? "packet" : "base";
        }
        for (int variable = 0; variable < Effects.LIMIT; variable++) {
            boolean register = variable < Effects.FIRST_SLOT;
            int number = register ? variable : variable - Effects.FIRST_SLOT;
            if (wide[variable] == local) {
                return (register ? "r" : "s") + number;
            }
            if (narrow[variable] == local) {
                return (register ? "w" : "t") + number;
            }
        }
        return Integer.toString(local);
    }

    /// The running execution.
    int execution() {
        return execution;
    }

    /// The stack offset of r10.
    int framePointer() {
        return framePointer;
    }

    /// The `long` of a variable.
    int wide(int variable) {
        if (wide[variable] < 0) {
            wide[variable] = next;
            next += 2;
        }
        return wide[variable];
    }

    /// The `int` of a variable.
    int narrow(int variable) {
        if (narrow[variable] < 0) {
            narrow[variable] = next++;
        }
        return narrow[variable];
    }

    /// The slot of the last instruction that could fault.
    int pc() {
        return pc;
    }

    /// What `may_goto` has left.
    int budget() {
        if (budget < 0) {
            budget = next++;
        }
        return budget;
    }

    /// Counts the turns of a loop of callbacks.
    int turn() {
        if (turn < 0) {
            turn = next;
            next += 2;
        }
        return turn;
    }

    /// How many turns there are.
    int turns() {
        return turn() + 1;
    }

    /// Holds the packet's array or segment from now on; see [PacketLocals].
    int holdPacket() {
        packet = next++;
        return packet;
    }

    /// Holds `packetBase` from now on.
    int holdPacketBase() {
        packetBase = next++;
        return packetBase;
    }

    /// The packet's array or segment, or -1.
    int packet() {
        return packet;
    }

    /// `packetBase`, or -1.
    int packetBase() {
        return packetBase;
    }

    /// A free `long`.
    int scratch() {
        return wide(Effects.LIMIT);
    }

    void pushValuesRegion(Writer writer, int map) {
        writer.constant(regions[map]);
    }
}
