package bpf4j.jit.emit;

import bpf4j.isa.Operand;
import bpf4j.jit.ir.Effects;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;
import bpf4j.runtime.Address;

import org.objectweb.asm.Opcodes;

import java.util.Arrays;

/// Reads and writes the variables of a method: registers and stack slots, each in the
/// representation that its value has at this point.
final class Values {
    /// How a value lies on the operand stack.
    enum Form {
        /// A `long`.
        LONG,
        /// An `int` that stands for a value below 2^32.
        WORD,
        /// An `int` that stands for its sign extension.
        SIGNED
    }

    private final Writer writer;
    private final Locals locals;
    private final Rep[] current = new Rep[Effects.LIMIT];

    Values(Writer writer, Locals locals) {
        this.writer = writer;
        this.locals = locals;
        Arrays.fill(current, Rep.Plain.LONG);
        current[10] = new Rep.InFrame(0);
    }

    /// The representation that a variable has now.
    Rep rep(int variable) {
        return current[variable];
    }

    /// Says what representation a variable has from here on.
    void set(int variable, Rep rep) {
        current[variable] = rep;
    }

    /// Pushes all 64 bits of a variable.
    void pushLong(int variable) {
        switch (current[variable]) {
            case Rep.Plain.LONG -> writer.loadLong(locals.wide(variable));
            case Rep.Plain.U32 -> {
                writer.loadInt(locals.narrow(variable));
                zeroExtend();
            }
            case Rep.Constant(long value) -> writer.constant(value);
            case Rep.InFrame(int offset) -> {
                pushFrameOffset(offset);
                address(Region.Single.STACK, false);
            }
            case Rep.Pointer pointer -> {
                writer.loadInt(locals.narrow(variable));
                address(pointer.region(), pointer.nullable());
            }
        }
    }

    /// Pushes the low 32 bits of a variable.
    void pushInt(int variable) {
        switch (current[variable]) {
            case Rep.Plain.LONG -> {
                writer.loadLong(locals.wide(variable));
                writer.op(Opcodes.L2I);
            }
            case Rep.Plain.U32 -> writer.loadInt(locals.narrow(variable));
            case Rep.Constant(long value) -> writer.constant((int) value);
            case Rep.InFrame(int offset) -> pushFrameOffset(offset);
            case Rep.Pointer pointer -> {
                if (pointer.nullable() || pointer.region() == Region.Single.PACKET) {
                    pushLong(variable);
                    writer.op(Opcodes.L2I);
                } else {
                    writer.loadInt(locals.narrow(variable));
                }
            }
        }
    }

    /// Pushes an operand's 64 bits; an immediate is sign-extended.
    void pushLong(Operand operand) {
        switch (operand) {
            case Operand.Reg(int number) -> pushLong(number);
            case Operand.Imm(int value) -> writer.constant((long) value);
        }
    }

    /// Pushes an operand's low 32 bits.
    void pushInt(Operand operand) {
        switch (operand) {
            case Operand.Reg(int number) -> pushInt(number);
            case Operand.Imm(int value) -> writer.constant(value);
        }
    }

    /// Pushes the place of a pointer in a region, as [Rep.Pointer] has it.
    void pushPlace(int variable, Region region) {
        switch (current[variable]) {
            case Rep.InFrame(int offset) when region == Region.Single.STACK ->
                    pushFrameOffset(offset);
            case Rep.Pointer pointer when pointer.region().equals(region) ->
                    writer.loadInt(locals.narrow(variable));
            default -> {
                pushLong(variable);
                writer.op(Opcodes.L2I);
            }
        }
    }

    /// Pushes the stack offset that is `offset` bytes from r10.
    void pushFrameOffset(int offset) {
        writer.loadInt(locals.framePointer());
        plus(offset);
    }

    /// Adds a constant to the `int` on the operand stack.
    void plus(int value) {
        if (value != 0) {
            writer.constant(value);
            writer.op(Opcodes.IADD);
        }
    }

    /// Stores the value on the operand stack in a variable, which has representation `rep` from
    /// here
    /// on.
    void pop(int variable, Rep rep, Form form) {
        current[variable] = rep;
        switch (rep) {
            case Rep.Plain.LONG -> {
                toLong(form);
                writer.storeLong(locals.wide(variable));
            }
            case Rep.Plain.U32 -> {
                if (form == Form.LONG) {
                    writer.op(Opcodes.L2I);
                }
                writer.storeInt(locals.narrow(variable));
            }
            case Rep.Constant _, Rep.InFrame _ -> drop(form);
            case Rep.Pointer pointer -> {
                toLong(form);
                if (pointer.nullable()) {
                    writer.callStatic(Names.ACCESS, "place", "(J)I");
                } else {
                    writer.op(Opcodes.L2I);
                }
                writer.storeInt(locals.narrow(variable));
            }
        }
    }

    /// Stores the place on the operand stack in a variable of representation `rep`.
    void popPlace(int variable, Rep.Pointer rep) {
        current[variable] = rep;
        writer.storeInt(locals.narrow(variable));
    }

    /// Copies a variable to another one, which has representation `rep` from here on.
    void copy(int from, int to, Rep rep) {
        switch (rep) {
            case Rep.Constant _, Rep.InFrame _ -> current[to] = rep;
            case Rep.Plain.LONG -> {
                pushLong(from);
                pop(to, rep, Form.LONG);
            }
            case Rep.Plain.U32 -> {
                pushInt(from);
                pop(to, rep, Form.WORD);
            }
            case Rep.Pointer pointer -> {
                if (current[from] instanceof Rep.Pointer other
                        && other.region().equals(pointer.region())) {
                    writer.loadInt(locals.narrow(from));
                    popPlace(to, pointer);
                } else if (pointer.nullable()) {
                    pushLong(from);
                    pop(to, rep, Form.LONG);
                } else {
                    pushPlace(from, pointer.region());
                    popPlace(to, pointer);
                }
            }
        }
    }

    /// Removes the value on the operand stack.
    void drop(Form form) {
        writer.op(form == Form.LONG ? Opcodes.POP2 : Opcodes.POP);
    }

    /// Makes the value on the operand stack a `long`.
    void toLong(Form form) {
        switch (form) {
            case LONG -> {}
            case WORD -> zeroExtend();
            case SIGNED -> writer.op(Opcodes.I2L);
        }
    }

    /// Zero-extends the `int` on the operand stack.
    void zeroExtend() {
        writer.op(Opcodes.I2L);
        writer.constant(0xFFFF_FFFFL);
        writer.op(Opcodes.LAND);
    }

    /// From a place in a region to the address.
    private void address(Region region, boolean nullable) {
        if (nullable && region instanceof Region.Values values) {
            locals.pushValuesRegion(writer, values.map());
            writer.callStatic(Names.ACCESS, "nullableAddress", "(IJ)J");
            return;
        }
        zeroExtend();
        switch (region) {
            case Region.Values(int map) -> locals.pushValuesRegion(writer, map);
            case Region.Single.CONTEXT -> writer.constant((long) Address.CONTEXT << 32);
            case Region.Single.PACKET -> writer.constant((long) Address.PACKET << 32);
            case Region.Single.STACK -> writer.constant((long) Address.STACK << 32);
        }
        writer.op(Opcodes.LOR);
    }
}
