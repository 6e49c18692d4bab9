package bpf4j.btf;

import static bpf4j.btf.Types.bits;
import static bpf4j.btf.Types.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

final class BtfPrinterTest {
    private final Types types = new Types();
    private final int integer = types.integer("int", 4, true);
    private final int pointer = types.add(new BtfType.Ptr(integer));

    @Test
    void declaratorsAreReadFromTheInside() {
        int array = types.array(pointer, 4);
        int toArray = types.add(new BtfType.Ptr(types.array(integer, 3)));
        int proto =
                types.add(
                        new BtfType.FuncProto(
                                toArray,
                                List.of(
                                        new BtfType.Param("x", integer),
                                        new BtfType.Param("", 0))));
        int callback = types.add(new BtfType.Ptr(proto));
        int constant = types.add(new BtfType.Const(pointer));
        Btf btf = types.build();
        assertEquals("int *a[4]", BtfPrinter.declare(btf, array, "a"));
        assertEquals("int (*p)[3]", BtfPrinter.declare(btf, toArray, "p"));
        assertEquals("int (*(*f)(int x, ...))[3]", BtfPrinter.declare(btf, callback, "f"));
        assertEquals("int *const c", BtfPrinter.declare(btf, constant, "c"));
    }

    @Test
    void structsKeepTheirPlaces() {
        int character = types.integer("char", 1, true);
        int inner = types.struct("", 4, bits("low", integer, 0, 3), bits("high", integer, 5, 9));
        int outer =
                types.struct(
                        "outer",
                        16,
                        member("c", character, 0),
                        member("i", integer, 8),
                        member("", inner, 12));
        assertEquals(
                """
                struct outer {
                    char c;
                    unsigned char __pad_1[7];
                    int i;
                    struct {
                        int low: 3;
                        unsigned char : 2;
                        int high: 9;
                    };
                };""",
                BtfPrinter.define(types.build(), outer));
    }

    @Test
    void typesFollowWhatTheyHold() {
        int holder = pointer + 1;
        types.struct("holder", 8, member("held", holder + 1, 0), member("next", holder + 2, 4));
        types.struct("held", 4, member("x", integer, 0));
        types.typedef("number", integer);
        String text = BtfPrinter.all(types.build());
        assertEquals(
                """
                struct held {
                    int x;
                };

                typedef int number;

                struct holder {
                    struct held held;
                    number next;
                };

                """,
                text);
    }

    @Test
    void typesThatLeadBackToThemselvesEnd() {
        int nameless = pointer + 1;
        types.struct("", 8, member("self", nameless + 1, 0));
        types.add(new BtfType.Ptr(nameless));
        int chain = nameless + 2;
        for (int i = 0; i < 50_000; i++) {
            types.add(new BtfType.Ptr(chain + i + 1));
        }
        types.add(new BtfType.Ptr(0));
        types.struct("long_chain", 8, member("far", chain, 0));
        Btf btf = types.build();
        assertTrue(BtfPrinter.all(btf).contains("struct long_chain"));
        assertTrue(BtfPrinter.declare(btf, nameless, "x").contains("..."));
    }
}
