package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec.Flag;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

final class SelftestExpectationTest {
    @Test
    void aProgramWithoutTagsIsToBeAccepted() throws LoadException {
        SelftestExpectation expectation = SelftestExpectation.of(List.of()).getFirst();
        assertTrue(expectation.accepts());
        assertNull(expectation.retval());
        assertEquals(LoadPolicy.TRUSTED, expectation.policy());
    }

    @Test
    void theUnprivilegedModeInheritsWhatItDoesNotSay() throws LoadException {
        List<SelftestExpectation> both =
                SelftestExpectation.of(
                        List.of(
                                "test_expect_success",
                                "test_retval=0x10",
                                "test_expect_failure_unpriv",
                                "test_expect_msg_unpriv=3=R1 leaks",
                                "test_prog_flags=BPF_F_STRICT_ALIGNMENT"));
        assertEquals(2, both.size());
        assertEquals(16, both.getFirst().retval());
        assertEquals(Set.of(Flag.STRICT_ALIGNMENT), both.getFirst().flags());
        SelftestExpectation unprivileged = both.getLast();
        assertFalse(unprivileged.accepts());
        assertNull(unprivileged.retval());
        assertEquals(List.of("R1 leaks"), unprivileged.messages());
        assertEquals(Set.of(Flag.STRICT_ALIGNMENT), unprivileged.flags());
        assertEquals(LoadPolicy.UNPRIVILEGED, unprivileged.policy());
    }

    @Test
    void auxiliaryProgramsAreNoTests() throws LoadException {
        assertEquals(List.of(), SelftestExpectation.of(List.of("test_auxiliary")));
    }

    @Test
    void textsMayHaveARunningNumberBeforeThem() throws LoadException {
        SelftestExpectation expectation =
                SelftestExpectation.of(
                                List.of(
                                        "test_expect_failure",
                                        "test_expect_msg=7=access off=3",
                                        "test_expect_msg=access off=4"))
                        .getFirst();
        assertEquals(List.of("access off=3", "access off=4"), expectation.messages());
    }

    @Test
    void textsThatMustNotOccurAndPointersAreRead() throws LoadException {
        List<SelftestExpectation> both =
                SelftestExpectation.of(
                        List.of(
                                "test_expect_success",
                                "test_expect_not_msg=1=mark_precise",
                                "test_retval=0xbadcafe",
                                "test_expect_success_unpriv"));
        assertEquals(List.of("mark_precise"), both.getFirst().absent());
        assertEquals(List.of("mark_precise"), both.getLast().absent());
        assertTrue(both.getFirst().anyRetval());
    }

    @Test
    void packetsInPiecesAreOutOfScope() throws LoadException {
        List<String> pieces = List.of("test_expect_success", "test_linear_size=14");
        assertEquals("packets in pieces", SelftestExpectation.of(pieces).getFirst().outside());
        List<String> whole = List.of("test_expect_success", "test_linear_size=0");
        assertEquals("", SelftestExpectation.of(whole).getFirst().outside());
    }

    @Test
    void anythingButANumberIsRefusedAsRetval() {
        assertThrows(
                LoadException.class,
                () -> SelftestExpectation.of(List.of("test_expect_success", "test_retval=many")));
    }

    @Test
    void expectedTextsAreFoundInOrder() {
        String log = "0: R1=ctx()\n1: (b7) r0 = 12\nR2 !read_ok\n";
        assertEquals("", ExpectedText.missing(List.of("R1=ctx", "r0 = {{[0-9]+}}", "!read"), log));
        assertEquals("", ExpectedText.missing(List.of("R1_w=ctx()"), log));
        assertEquals("R1=ctx", ExpectedText.missing(List.of("!read_ok", "R1=ctx"), log));
        assertEquals("r{{[a-z]}} = 12", ExpectedText.missing(List.of("r{{[a-z]}} = 12"), log));
    }
}
