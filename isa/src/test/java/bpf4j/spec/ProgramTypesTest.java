package bpf4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.HelperSpec.Return;
import bpf4j.spec.ProgramType.ReturnRange;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

final class ProgramTypesTest {
    @Test
    void everyHelperHasAPrototype() {
        for (int number = 1; number <= Helpers.LAST; number++) {
            HelperSpec helper = Helpers.byNumber(number);
            assertNotNull(helper, "helper " + number);
            assertEquals(helper, Helpers.byName("bpf_" + helper.name()));
        }
        assertNull(Helpers.byNumber(0));
        assertNull(Helpers.byNumber(Helpers.LAST + 1));
    }

    @Test
    void everyTypeOfLinuxResolves() throws LoadException {
        assertEquals(32, ProgramTypes.numbers().size());
        for (int number : ProgramTypes.numbers()) {
            ProgramType type = ProgramTypes.of(number, attachTypeFor(number));
            assertEquals(number, type.number());
            assertNotNull(type.helper(1), type.name() + " looks up maps");
        }
    }

    private static int attachTypeFor(int number) {
        return switch (number) {
            case 18 -> 10;
            case 25 -> 21;
            case 30 -> 36;
            case 32 -> 45;
            default -> 0;
        };
    }

    @Test
    void anUnknownTypeNamesTheKnownOnes() {
        assertEquals(
                "program type 99 is unknown (known: 1 to 32)",
                assertThrows(LoadException.class, () -> ProgramTypes.of(99, 0)).getMessage());
        assertEquals(
                "program type 25 has no attach type 0 (known: [21, 22])",
                assertThrows(LoadException.class, () -> ProgramTypes.of(25, 0)).getMessage());
    }

    @Test
    void theAttachTypeDecidesReturnsAndFields() throws LoadException {
        ProgramType bind = ProgramTypes.of(18, 8);
        assertEquals(new ReturnRange(0, 3), bind.returns());
        assertTrue(permits(bind, 4, 4, false), "user_ip4");
        assertFalse(permits(bind, 8, 4, false), "user_ip6");
        ProgramType connect6 = ProgramTypes.of(18, 11);
        assertTrue(permits(connect6, 8, 8, true), "user_ip6 by 8 bytes");
        assertFalse(permits(connect6, 10, 2, true), "user_ip6 by 2 bytes");
        assertFalse(permits(connect6, 4, 4, false), "user_ip4");
    }

    @Test
    void contextFieldsPermitTheirWidthsOnly() throws LoadException {
        assertTrue(permits(ProgramTypes.XDP, 0, 4, false), "data");
        assertFalse(permits(ProgramTypes.XDP, 0, 8, false), "data and data_end");
        assertFalse(permits(ProgramTypes.XDP, 1, 1, false), "a byte of data");
        assertFalse(permits(ProgramTypes.XDP, 20, 4, false), "egress_ifindex");
        assertTrue(permits(ProgramTypes.of(6, 33), 20, 4, false), "egress_ifindex");
        assertTrue(permits(ProgramTypes.SCHED_CLS, 8, 4, true), "mark");
        assertFalse(permits(ProgramTypes.SOCKET_FILTER, 8, 4, true), "mark");
        assertFalse(permits(ProgramTypes.SOCKET_FILTER, 46, 4, false), "tc_index and cb");
        ContextLayout skb = ProgramTypes.of(8, 0).context();
        assertTrue(skb.permits(76, 4, false, LoadPolicy.TRUSTED));
        assertFalse(skb.permits(76, 4, false, LoadPolicy.UNPRIVILEGED));
        assertTrue(skb.permits(152, 8, false, LoadPolicy.UNPRIVILEGED));
        assertFalse(skb.permits(152, 8, true, LoadPolicy.UNPRIVILEGED));
    }

    private static boolean permits(ProgramType type, int offset, int bytes, boolean write) {
        return type.context().permits(offset, bytes, write, LoadPolicy.TRUSTED);
    }

    @Test
    void somePrototypesDependOnTheType() throws LoadException {
        HelperSpec inReuseport = ProgramTypes.of(21, 0).helper(46);
        HelperSpec inFilter = ProgramTypes.SOCKET_FILTER.helper(46);
        assertNotNull(inReuseport);
        assertNotNull(inFilter);
        assertEquals(ArgKind.BTF_ID_SOCK_COMMON, inReuseport.args().getFirst().kind());
        assertEquals(ArgKind.CTX, inFilter.args().getFirst().kind());
        assertNull(ProgramTypes.XDP.helper(9), "skb_store_bytes");
    }

    @Test
    void usersMakeTypesOfTheirOwn() {
        HelperSpec clock =
                new HelperSpec(
                        HelperSpec.FIRST_USER_ID, "my_clock", Return.INTEGER, List.of(), Set.of());
        ProgramType type =
                ProgramTypes.SOCKET_FILTER.derive("my_filter").helper(clock).returns(0, 1).build();
        assertEquals(-1, type.number());
        assertEquals(new ReturnRange(0, 1), type.returns());
        assertEquals(clock, type.helper(HelperSpec.FIRST_USER_ID));
        assertNotNull(type.helper(1));
    }
}
