package bpf4j.btf;

import static bpf4j.btf.Types.bits;
import static bpf4j.btf.Types.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.LoadException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

final class BtfTest {
    /// One type of every kind.
    private static Btf every() {
        Types types = new Types();
        int integer = types.integer("int", 4, true);
        int array = types.array(integer, 3);
        int struct = types.struct("s", 16, member("a", array, 0), bits("b", integer, 96, 5));
        types.add(new BtfType.Struct("u", true, 16, List.of(member("s", struct, 0))));
        types.add(new BtfType.Enum("e", 4, true, false, List.of(new BtfType.Value("MINUS", -1))));
        types.add(
                new BtfType.Enum("w", 8, false, true, List.of(new BtfType.Value("BIG", 1L << 40))));
        types.add(new BtfType.Fwd("f", true));
        int typedef = types.typedef("t", struct);
        types.add(new BtfType.Ptr(types.add(new BtfType.Const(typedef))));
        types.add(new BtfType.Restrict(types.add(new BtfType.Volatile(integer))));
        int proto =
                types.add(new BtfType.FuncProto(integer, List.of(new BtfType.Param("x", integer))));
        types.add(new BtfType.Func("main", proto, 1));
        int variable = types.add(new BtfType.Var("v", integer, 2));
        types.add(new BtfType.DataSec(".data", 8, List.of(new BtfType.Entry(variable, 4, 4))));
        types.add(new BtfType.Float("double", 8));
        types.add(new BtfType.DeclTag("tag", struct, -1));
        types.add(new BtfType.TypeTag("user", integer));
        return types.build();
    }

    @Test
    void everyKindIsReadAsWrittenInBothByteOrders() throws LoadException {
        Btf btf = every();
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            assertEquals(btf.types(), Btf.parse(btf.encode(order)).types());
        }
    }

    @Test
    void sizesAndNames() {
        Btf btf = every();
        int struct = btf.find("s", BtfType.Struct.class);
        assertEquals(16, btf.sizeOf(struct));
        assertEquals(12, btf.sizeOf(2));
        assertEquals(4, btf.alignOf(struct));
        assertEquals(struct, btf.resolve(btf.find("t", BtfType.Typedef.class)));
        assertEquals(-1, btf.find("s", BtfType.Enum.class));
        assertEquals(-1, btf.sizeOf(btf.find("f", BtfType.Fwd.class)));
    }

    private static String refusal(Types types) {
        byte[] bytes = types.build().encode(ByteOrder.LITTLE_ENDIAN);
        return String.valueOf(
                assertThrows(LoadException.class, () -> Btf.parse(bytes)).getMessage());
    }

    @Test
    void idsOutsideAreNamed() {
        Types types = new Types();
        types.typedef("t", 99);
        assertEquals("BTF type 1 names type 99 of 1", refusal(types));
    }

    @Test
    void typesThatContainThemselvesAreRefused() {
        Types types = new Types();
        types.struct("a", 4, member("b", 2, 0));
        types.typedef("b", 1);
        assertEquals("BTF type 2 contains itself by way of type 1", refusal(types));
        Types modifiers = new Types();
        modifiers.add(new BtfType.Const(2));
        modifiers.add(new BtfType.Volatile(1));
        assertEquals("BTF type 2 contains itself by way of type 1", refusal(modifiers));
    }

    @Test
    void deepNestingIsRefused() {
        Types types = new Types();
        types.integer("int", 4, true);
        for (int i = 1; i < 200; i++) {
            types.typedef("t" + i, i);
        }
        assertTrue(refusal(types).contains("is nested more than 64 deep"));
    }

    @Test
    void namesThatShareOneLongStringDoNotMultiplyIt() {
        // 4,000 types whose names are the tails of one string of 40,000 characters.
        int count = 4000;
        int text = 40000;
        ByteBuffer btf = ByteBuffer.allocate(24 + count * 12 + text + 2);
        btf.order(ByteOrder.LITTLE_ENDIAN);
        btf.putShort((short) 0xEB9F).put((byte) 1).put((byte) 0).putInt(24);
        btf.putInt(0).putInt(count * 12).putInt(count * 12).putInt(text + 2);
        for (int i = 0; i < count; i++) {
            btf.putInt(1 + i).putInt(7 << 24).putInt(0);
        }
        btf.put((byte) 0);
        for (int i = 0; i < text; i++) {
            btf.put((byte) 'x');
        }
        LoadException refused = assertThrows(LoadException.class, () -> Btf.parse(btf.array()));
        assertTrue(String.valueOf(refused.getMessage()).contains("or it is too long"));
    }

    @Property(tries = 3000)
    void damagedTypesAreReadOrRefused(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @Size(8) List<@IntRange(min = -128, max = 127) Integer> values) {
        byte[] bytes = every().encode(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < places.size(); i++) {
            bytes[places.get(i) % bytes.length] = values.get(i).byteValue();
        }
        try {
            Btf btf = Btf.parse(bytes);
            BtfRenderer renderer = new BtfRenderer(btf, ByteOrder.LITTLE_ENDIAN);
            for (int id = 0; id < btf.size(); id++) {
                renderer.text(id, new byte[32]);
                btf.alignOf(id);
            }
            BtfPrinter.all(btf);
        } catch (LoadException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("BTF"), e.getMessage());
        }
    }
}
