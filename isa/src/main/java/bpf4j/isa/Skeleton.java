package bpf4j.isa;

import org.jspecify.annotations.Nullable;

import java.util.TreeSet;

/// The subprograms and jumps of a program some of whose slots are no instructions. Linux looks at
/// these before it looks at single instructions, so what is wrong with them is what it says.
final class Skeleton {
    private static final int EXIT = Wire.JMP | Wire.EXIT << 4;
    private static final int CALL = Wire.JMP | Wire.CALL << 4;
    private static final int GOTO = Wire.JMP | Wire.JA << 4;
    private static final int GOTO_LONG = Wire.JMP32 | Wire.JA << 4;
    private static final int CALL_LOCAL = 1;
    private static final int LOAD_FUNCTION = 4;

    private final long[] slots;

    Skeleton(byte[] bytes, boolean bigEndian) {
        slots = new long[bytes.length / 8];
        for (int pc = 0; pc < slots.length; pc++) {
            slots[pc] = Wire.read(bytes, pc * 8, bigEndian);
        }
    }

    /// What is wrong with the subprograms and jumps, or null.
    @Nullable DecodeException defect() {
        TreeSet<Integer> starts = new TreeSet<>();
        starts.add(0);
        for (int pc = 0; pc < slots.length; pc++) {
            int opcode = Wire.opcode(slots[pc]);
            int source = Wire.src(slots[pc]);
            if ((opcode == CALL && source == CALL_LOCAL)
                    || (opcode == Wire.WIDE_LOAD && source == LOAD_FUNCTION)) {
                long target = pc + 1L + Wire.imm(slots[pc]);
                if (target < 0 || target >= slots.length) {
                    return refuse(pc, "call to invalid destination");
                }
                starts.add((int) target);
            }
        }
        if (slots.length == 0) {
            return null;
        }
        for (int start : starts) {
            Integer next = starts.higher(start);
            DecodeException found = defect(start, next == null ? slots.length : next);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable DecodeException defect(int start, int end) {
        for (int pc = start; pc < end; pc++) {
            int opcode = Wire.opcode(slots[pc]);
            int kind = opcode & 7;
            int code = opcode >>> 4;
            if ((kind == Wire.JMP || kind == Wire.JMP32)
                    && code != Wire.EXIT
                    && code != Wire.CALL) {
                boolean wide = opcode == GOTO_LONG;
                long target = pc + 1L + (wide ? Wire.imm(slots[pc]) : Wire.off(slots[pc]));
                if (target < start || target >= end) {
                    return refuse(pc, "jump out of range from insn " + pc + " to " + target);
                }
            }
        }
        int last = Wire.opcode(slots[end - 1]);
        return last == EXIT || last == GOTO || last == GOTO_LONG
                ? null
                : refuse(end - 1, "last insn is not an exit or jmp");
    }

    private static DecodeException refuse(int pc, String text) {
        return new DecodeException(pc, text, "insn " + pc + ": " + text);
    }
}
