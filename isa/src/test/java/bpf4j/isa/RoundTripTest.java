package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Wire form, records and text are three forms of the same thing.
final class RoundTripTest {
    /// Any instruction: random fields on random opcodes until they decode.
    @Provide
    Arbitrary<Insn> insns() {
        return Arbitraries.randomValue(
                random -> {
                    while (true) {
                        byte[] bytes = RandomWire.slots(random);
                        try {
                            return Codec.decode(bytes, ByteOrder.LITTLE_ENDIAN).at(0);
                        } catch (DecodeException e) {
                            assertFalse(e.kernelText().isEmpty());
                        }
                    }
                });
    }

    @Property(tries = 500)
    void programsComeBackFromBothByteOrders(@ForAll @Size(max = 40) List<@From("insns") Insn> insns)
            throws Exception {
        Code code = Code.of(insns);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] bytes = Codec.encode(code, order);
            assertEquals(code, Codec.decode(bytes, order));
            assertArrayEquals(bytes, Codec.encode(Codec.decode(bytes, order), order));
        }
    }

    @Property(tries = 500)
    void programsComeBackFromEveryForm(@ForAll @Size(max = 40) List<@From("insns") Insn> insns)
            throws Exception {
        Code code = Code.of(insns);
        ProgramSpec spec = ProgramSpec.of("random", ProgramTypes.XDP, code, new ArrayList<>());
        for (Syntax syntax : Syntax.values()) {
            assertEquals(code, Assembler.code(Disassembler.listing(code, List.of(), syntax)));
        }
        assertEquals(code, Assembler.code(Disassembler.source(spec)));
    }

    @Property(tries = 2000)
    void randomBytesAreRefusedWithASlot(@ForAll byte[] bytes) {
        try {
            Code code = Codec.decode(bytes, ByteOrder.LITTLE_ENDIAN);
            assertArrayEquals(bytes, Codec.encode(code, ByteOrder.LITTLE_ENDIAN));
        } catch (DecodeException e) {
            assertEquals(0, e.pc() * 8 > bytes.length ? 1 : 0, String.valueOf(e.getMessage()));
        }
    }
}
