package bpf4j.jit.emit;

import bpf4j.isa.Size;
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
    private final Places places;
    private final Slots slots;
    private final SlotEmitter pieces;

    LookupEmitter(MethodContext context, Places places, Slots slots, SlotEmitter pieces) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
        this.places = places;
        this.slots = slots;
        this.pieces = pieces;
    }

    /// The lookup, unless the key lies in memory in a form that only the helper can read.
    boolean emit(int pc, Lookup lookup, @Nullable Rep rep) {
        int size = lookup.keySize();
        boolean inSlots = slots.count(pc) > 0;
        if (!inSlots && size % 4 != 0) {
            return false;
        }
        if (rep == null) {
            return true;
        }
        context.mark(pc);
        switch (lookup.map()) {
            case ArrayMap array when rep instanceof Rep.Pointer pointer && isSmall(array) -> {
                pushInt(pc, lookup);
                writer.constant(array.spec().maxEntries());
                writer.constant((int) array.stride());
                if (array.cpus() > 1) {
                    pushCpu();
                    writer.constant((int) array.cpuBytes());
                    writer.op(Opcodes.IMUL);
                    writer.callStatic(Names.ACCESS, "arrayPlace", "(IIII)I");
                } else {
                    writer.callStatic(Names.ACCESS, "arrayPlace", "(III)I");
                }
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
                call("LpmTrie", size > 8 ? "(IJJJ)J" : "(IJ)J");
            }
            default -> throw new AssertionError(lookup);
        }
        values.pop(0, rep, Form.LONG);
        return true;
    }

    private static boolean isSmall(ArrayMap array) {
        return array.values().byteSize() <= Integer.MAX_VALUE;
    }

    private void push(BpfMap map, String name) {
        context.classData().push(writer, map, "bpf4j/runtime/map/" + name);
        pushCpu();
    }

    private void pushCpu() {
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
            int end = first + count;
            for (int skipped = 0; skipped < at; skipped += 8) {
                first += pieces.word(first, end - first);
            }
            pieces.pushLong(first, pieces.word(first, end - first));
        } else if (lookup.keySize() - at >= 8) {
            places.loadFrame(lookup.key() + at, Size.DW);
        } else {
            places.loadFrame(lookup.key() + at, Size.W);
            values.zeroExtend();
        }
    }
}
