package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RegistersAndControlFlowTest {
    @Test
    void returningAConstantIsAccepted() throws Exception {
        assertEquals(2, Programs.accept("r0 = 0\nexit").statistics().processed());
    }

    @Test
    void aRegisterThatWasNotWrittenCannotBeRead() throws Exception {
        Programs.refuses("R0 !read_ok", "exit");
        Programs.refuses("R2 !read_ok", "r0 = r2\nexit");
    }

    @Test
    void callsLoseTheArgumentRegisters() throws Exception {
        Programs.refuses("R1 !read_ok", "call bpf_ktime_get_ns\nr0 = r1\nexit");
    }

    @Test
    void theFramePointerCannotBeWritten() throws Exception {
        Programs.refuses("frame pointer is read only", "r10 = 0\nr0 = 0\nexit");
    }

    @Test
    void instructionsBehindAnExitMustBeReached() throws Exception {
        Programs.refuses("unreachable insn 2", "r0 = 0\nexit\nr0 = 1\nexit");
    }

    @Test
    void executionCannotRunOffTheEnd() throws Exception {
        Programs.refuses("last insn is not an exit or jmp", "r0 = 0");
    }

    @Test
    void aLoopThatChangesNothingIsInfinite() throws Exception {
        Programs.refuses("infinite loop detected at insn 1", "r0 = 0\nl: if r0 == 0 goto l\nexit");
    }

    @Test
    void aBoundedLoopIsFollowedToItsEnd() throws Exception {
        VerifiedProgram program = Programs.accept("r0 = 0\nl: r0 += 1\nif r0 < 100 goto l\nexit");
        assertEquals(202, program.statistics().processed());
    }

    @Test
    void aLoopWithoutEndReachesTheLimit() throws Exception {
        Rejection rejection =
                Programs.refuses(
                        "BPF program is too large. Processed 1000001 insn",
                        """
                        r6 = 0
                        l: r6 += 1
                        if r6 != -1 goto l
                        r0 = 0
                        exit
                        """);
        assertEquals("TOO_COMPLEX", rejection.rule());
        assertTrue(rejection.reason().contains("loop from insn 1 to insn 2"), rejection.reason());
    }

    @Test
    void loopsNeedTheCapability() throws Exception {
        Rejection rejection =
                Programs.refuse(
                        "r0 = 0\nl: r0 += 1\nif r0 < 4 goto l\nexit",
                        bpf4j.spec.LoadPolicy.UNPRIVILEGED);
        assertEquals("back-edge from insn 2 to 1", rejection.kernelText());
    }

    @Test
    void decidedBranchesAreNotFollowed() throws Exception {
        // r2 is never read: the branch is dead.
        assertEquals(
                4,
                Programs.accept("r0 = 1\nif r0 == 1 goto l\nr0 = r2\nl: r0 = 0\nexit")
                        .statistics()
                        .processed());
    }

    @Test
    void divisionByTheConstantZeroIsRefused() throws Exception {
        Programs.refuses("div by zero", "r0 = 1\nr0 /= 0\nexit");
    }

    @Test
    void anExitValueMustFitTheProgramType() throws Exception {
        Rejection rejection =
                Programs.refuses(
                        "At program exit the register R0 has smin=2 smax=2 should have been in"
                                + " [0, 1]",
                        ".program cgroup_sock\nr0 = 2\nexit");
        assertEquals("RETURN_VALUE", rejection.rule());
    }

    @Test
    void callsNestAtMostEightFrames() throws Exception {
        Programs.refuses("the call stack of 9 frames is too deep", "call f\nexit\nf: call f\nexit");
    }

    @Test
    void subprogramsSeeTheirArgumentsOnly() throws Exception {
        Programs.accept("r1 = 3\ncall f\nexit\nf: r0 = r1\nexit");
        Programs.refuses("R6 !read_ok", "r6 = 3\ncall f\nexit\nf: r0 = r6\nexit");
    }

    @Test
    void aCallersRegistersSurviveACall() throws Exception {
        Programs.accept("r6 = 3\ncall f\nr0 = r6\nexit\nf: r6 = 1\nr0 = 0\nexit");
    }
}
