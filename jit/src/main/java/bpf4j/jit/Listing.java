package bpf4j.jit;

import bpf4j.jit.emit.Trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The bytecode that each instruction of a program became, as text. Local variables are named after
/// what they hold: `r3` is a register's 64 bits, `w3` a register's value or place in 32, `s0` and
/// `t0` the same of a stack slot.
public final class Listing {
    private final Map<Integer, List<String>> bytecode;

    private Listing(Map<Integer, List<String>> bytecode) {
        this.bytecode = bytecode;
    }

    /// Gathers a listing while a program is compiled.
    static final class Gatherer implements Trace {
        private final Map<Integer, List<String>> bytecode = new TreeMap<>();
        private int current = -1;

        @Override
        public void classFile(byte[] bytes) {}

        @Override
        public void at(int pc) {
            current = pc;
        }

        @Override
        public void wrote(String instruction) {
            bytecode.computeIfAbsent(current, pc -> new ArrayList<>()).add(instruction);
        }

        Listing listing() {
            return new Listing(new TreeMap<>(bytecode));
        }
    }

    /// The bytecode of the instruction at slot `pc`; empty when it needs none.
    public List<String> at(int pc) {
        return List.copyOf(bytecode.getOrDefault(pc, List.of()));
    }
}
