package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.LoadPolicy;

import org.junit.jupiter.api.Test;

class CallsTest {
    @Test
    void anUnknownHelperIsRefused() throws Exception {
        Programs.refuses("invalid func unknown#9999", "call 9999\nexit");
    }

    @Test
    void aHelperOfOtherProgramTypesIsRefused() throws Exception {
        Programs.refuses(
                "program of this type cannot use helper bpf_skb_store_bytes#9",
                ".program xdp\ncall bpf_skb_store_bytes\nexit");
    }

    @Test
    void restrictedHelpersNeedACompatibleLicence() throws Exception {
        Programs.refuses(
                "cannot call GPL-restricted function from non-GPL compatible program",
                ".program kprobe\n.license \"Proprietary\"\ncall bpf_get_current_task\nr0 = 0\nexit");
    }

    @Test
    void argumentsMustFitThePrototype() throws Exception {
        Programs.refuses(
                "R1 type=ctx expected=map_ptr",
                "r2 = r10\nr2 += -8\ncall bpf_map_lookup_elem\nr0 = 0\nexit");
    }

    @Test
    void aSizeIsBlamedWhenItIsTooLarge() throws Exception {
        Rejection rejection =
                Programs.refuses(
                        "invalid write to stack R3 off=-16 size=31",
                        """
                        r6 = r1
                        call bpf_get_prandom_u32
                        r0 &= 31
                        if r0 == 0 goto out
                        r1 = r6
                        r2 = 0
                        r3 = r10
                        r3 += -16
                        r4 = r0
                        call bpf_skb_load_bytes
                        out: r0 = 0
                        exit
                        """);
        assertTrue(rejection.reason().startsWith("R4 is scalar"), rejection.reason());
    }

    @Test
    void aMapIsPassedToTheHelpersThatTakeIt() throws Exception {
        Programs.refuses(
                "cannot pass map_type 3 into func bpf_map_lookup_elem#1",
                """
                .map p, prog_array, key=4, value=4, entries=4
                *(u32 *)(r10 - 4) = 0
                r2 = r10
                r2 += -4
                r1 = p ll
                call bpf_map_lookup_elem
                r0 = 0
                exit
                """);
    }

    @Test
    void callbacksReturnZeroOrOne() throws Exception {
        Programs.refuses(
                "At callback return the register R0 has smin=2 smax=2 should have been in [0, 1]",
                """
                r1 = 4
                r2 = f ll
                r3 = 0
                r4 = 0
                call bpf_loop
                r0 = 0
                exit
                f: r0 = 2
                exit
                """);
    }

    @Test
    void whatACallbackWritesIsSeenByTheNextCall() throws Exception {
        // The second call of f writes beyond the stack that the first one leaves alone.
        Rejection rejection =
                Programs.refuse(
                        """
                        *(u64 *)(r10 - 8) = 0
                        r1 = 10
                        r2 = f ll
                        r3 = r10
                        r3 += -8
                        r4 = 0
                        call bpf_loop
                        r0 = 0
                        exit
                        f: r1 = *(u64 *)(r2 + 0)
                        r3 = r10
                        r3 += -8
                        r3 += r1
                        *(u8 *)(r3 + 0) = 1
                        r1 += 8
                        *(u64 *)(r2 + 0) = r1
                        r0 = 0
                        exit
                        """);
        assertTrue(
                rejection.rule().equals("STACK_BOUNDS")
                        || rejection.rule().equals("UNBOUNDED")
                        || rejection.rule().equals("POINTER_ARITHMETIC"),
                rejection.text());
    }

    @Test
    void legacyLoadsNeedTheContextInR6() throws Exception {
        Programs.accept("r6 = r1\nr0 = *(u8 *)skb[0]\nr0 = 0\nexit");
        Programs.refuses("R6 !read_ok", "r0 = *(u8 *)skb[0]\nexit");
    }

    @Test
    void atomicsDoNotWorkOnTheContext() throws Exception {
        Programs.accept(
                "*(u64 *)(r10 - 8) = 0\nr1 = 1\nlock *(u64 *)(r10 - 8) += r1\nr0 = 0\nexit");
        Programs.refuses(
                "BPF_ATOMIC stores into R1 ctx is not allowed",
                "r0 = 1\nlock *(u32 *)(r1 + 0) += r0\nr0 = 0\nexit");
    }

    @Test
    void pointersStayInsideWithoutPrivileges() throws Exception {
        assertEquals(
                "R0 leaks addr as return value",
                Programs.refuse("r0 = r10\nexit", LoadPolicy.UNPRIVILEGED).kernelText());
    }

    @Test
    void programTypesNeedTheirCapabilities() throws Exception {
        Rejection rejection =
                Programs.refuse(".program xdp\nr0 = 2\nexit", LoadPolicy.UNPRIVILEGED);
        assertEquals(1, rejection.errno());
        assertEquals("PERMISSION", rejection.rule());
    }
}
