package bpf4j.jit.emit;

import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Lookups.Lookup;
import bpf4j.jit.ir.Rep;
import bpf4j.jit.ir.Slots;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.map.ArrayMap;
import bpf4j.runtime.map.HashedMap;
import bpf4j.runtime.map.LpmTrie;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;

/// Map lookups with the key by value.
final class LookupEmitter {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;
    private final Slots slots;
    private final SlotEmitter pieces;

    LookupEmitter(MethodContext context, Slots slots, SlotEmitter pieces) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
        this.slots = slots;
        this.pieces = pieces;
    }

    /// The lookup, unless the key lies in memory in a form that only the helper can read.
    boolean emit(int pc, Lookup lookup, @Nullable Rep rep) {
        int size = lookup.keySize();
        boolean inSlots = slots.count(pc) > 0;
        if (!inSlots && size != 4 && size != 8 && size != 12 && size != 16) {
            return false;
        }
        if (rep == null) {
            return true;
        }
        context.mark(pc);
        switch (lookup.map()) {
            case ArrayMap array when rep instanceof Rep.Pointer pointer && isPlain(array) -> {
                pushInt(pc, lookup);
                writer.constant(array.spec().maxEntries());
                writer.constant((int) array.stride());
                writer.callStatic(Names.ACCESS, "arrayPlace", "(III)I");
                values.popPlace(0, pointer);
                return true;
            }
            case ArrayMap array -> {
                push(array, "ArrayMap");
                pushInt(pc, lookup);
                call("ArrayMap", "(II)J");
            }
            case HashedMap map -> {
                push(map, "HashedMap");
                pushWords(pc, lookup);
                call("HashedMap", size > 8 ? "(IJJ)J" : "(IJ)J");
            }
            case LpmTrie trie -> {
                push(trie, "LpmTrie");
                pushWords(pc, lookup);
                call("LpmTrie", "(IJ)J");
            }
            default -> throw new AssertionError(lookup);
        }
        values.pop(0, rep, Form.LONG);
        return true;
    }

    private static boolean isPlain(ArrayMap array) {
        return array.cpus() == 1 && array.values().byteSize() <= Integer.MAX_VALUE;
    }

    private void push(BpfMap map, String name) {
        context.classData().push(writer, map, "bpf4j/runtime/map/" + name);
        context.pushExecution();
        writer.getField(Names.EXECUTION, "cpu", "I");
    }

    private void call(String name, String descriptor) {
        writer.callVirtual("bpf4j/runtime/map/" + name, "lookup", descriptor);
    }

    private void pushInt(int pc, Lookup lookup) {
        if (slots.count(pc) == 1) {
            values.pushInt(slots.first(pc));
        } else {
            pushWord(pc, lookup, 0);
            writer.op(Opcodes.L2I);
        }
    }

    private void pushWords(int pc, Lookup lookup) {
        for (int at = 0; at < lookup.keySize(); at += 8) {
            pushWord(pc, lookup, at);
        }
    }

    /// Pushes 8 bytes of the key, or what is left, zero-extended.
    private void pushWord(int pc, Lookup lookup, int at) {
        int count = slots.count(pc);
        if (count > 0) {
            int first = slots.first(pc);
            int head = pieces.word(first, count);
            if (at == 0) {
                pieces.pushLong(first, head);
            } else {
                pieces.pushLong(first + head, count - head);
            }
            return;
        }
        context.pushExecution();
        writer.getField(Names.EXECUTION, "stack", "[B");
        values.pushFrameOffset(lookup.key() + at);
        if (lookup.keySize() - at >= 8) {
            writer.callStatic(Names.SUPPORT + "Arrays", "getLong", "([BI)J");
        } else {
            writer.callStatic(Names.SUPPORT + "Arrays", "getInt", "([BI)I");
            values.zeroExtend();
        }
    }
}
