package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType.Capability;

import org.junit.jupiter.api.Test;

import java.util.Set;

/// What a program must be before any instruction of it is looked at.
class RequirementsTest {
    private static final String RETURN = "r0 = 1\nexit";

    private static String refusal(String text, LoadPolicy policy) throws Exception {
        return WrittenCase.verdict(Programs.spec(text), policy);
    }

    private static LoadPolicy with(Capability... capabilities) {
        return new LoadPolicy(Set.of(capabilities));
    }

    @Test
    void onlyTwoTypesNeedNoCapability() throws Exception {
        assertEquals("ok", refusal(RETURN, LoadPolicy.UNPRIVILEGED));
        assertEquals("ok", refusal(".program cgroup_skb\n" + RETURN, LoadPolicy.UNPRIVILEGED));
        assertEquals(
                "a program of type xdp needs the capability BPF",
                refusal(".program xdp\n" + RETURN, LoadPolicy.UNPRIVILEGED));
        assertEquals(
                "a program of type cgroup_sysctl needs the capability BPF",
                refusal(".program cgroup_sysctl\n" + RETURN, LoadPolicy.UNPRIVILEGED));
    }

    @Test
    void networkAndTracingTypesNeedTheirCapability() throws Exception {
        assertEquals(
                "a program of type xdp needs the capability NET_ADMIN",
                refusal(".program xdp\n" + RETURN, with(Capability.BPF)));
        assertEquals(
                "ok",
                refusal(".program xdp\n" + RETURN, with(Capability.BPF, Capability.NET_ADMIN)));
        assertEquals(
                "a program of type kprobe needs the capability PERFMON",
                refusal(".program kprobe\n" + RETURN, with(Capability.BPF, Capability.NET_ADMIN)));
    }

    @Test
    void unprivilegedProgramsHave4096Instructions() throws Exception {
        assertEquals("ok", refusal("r0 = 1\n".repeat(4095) + "exit", LoadPolicy.UNPRIVILEGED));
        String longer = "r0 = 1\n".repeat(4096) + "exit";
        assertEquals("ok", refusal(longer, LoadPolicy.TRUSTED));
        assertEquals(
                "a program has 1 to 4096 instructions, not 4097",
                refusal(longer, LoadPolicy.UNPRIVILEGED));
    }

    @Test
    void aProgramHasInstructionsAnd256FunctionsAnd64Maps() throws Exception {
        assertEquals(
                "a program has 1 to 1000000 instructions, not 0", refusal("", LoadPolicy.TRUSTED));
        StringBuilder functions = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            functions.append("call f").append(i).append('\n');
        }
        functions.append("r0 = 0\nexit\n");
        for (int i = 0; i < 256; i++) {
            functions.append("f").append(i).append(": r0 = 0\nexit\n");
        }
        assertEquals("too many subprograms", refusal(functions.toString(), LoadPolicy.TRUSTED));
        assertEquals("ok", refusal(maps(64) + RETURN, LoadPolicy.TRUSTED));
        assertEquals(
                "The total number of maps per program has reached the limit of 64",
                refusal(maps(65) + RETURN, LoadPolicy.TRUSTED));
    }

    private static String maps(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(".map m").append(i).append(", array, key=4, value=8, entries=1\n");
        }
        for (int i = 0; i < count; i++) {
            text.append("r1 = m").append(i).append(" ll\n");
        }
        return text.toString();
    }

    @Test
    void fewTypesSleep() throws Exception {
        assertEquals(
                "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be"
                        + " sleepable",
                refusal(".program xdp\n.flag sleepable\n" + RETURN, LoadPolicy.TRUSTED));
        assertEquals(
                "Syscall programs can only be sleepable",
                refusal(".program syscall\n" + RETURN, LoadPolicy.TRUSTED));
        assertEquals(
                "Sleepable programs can only use array, hash, ringbuf and local storage maps",
                refusal(
                        ".program syscall\n.flag sleepable\n"
                                + ".map q, sockmap, key=4, value=4, entries=1\nr1 = q ll\n"
                                + RETURN,
                        LoadPolicy.TRUSTED));
    }

    @Test
    void typesOfTheKernelAreRefused() throws Exception {
        ProgramSpec spec = Programs.spec(".program tracing\n" + RETURN);
        assertEquals(
                "a program of type " + spec.type().name() + " works on objects of the kernel",
                WrittenCase.verdict(spec, LoadPolicy.TRUSTED));
    }

    @Test
    void mapsThatImplementStructsOfTheKernelAreRefused() throws Exception {
        assertEquals(
                "bpf_struct_ops map cannot be used in prog",
                refusal(
                        ".map s, struct_ops, key=4, value=8, entries=1\nr1 = s ll\n" + RETURN,
                        LoadPolicy.TRUSTED));
    }

    @Test
    void referencesHeldAtOnceAreLimited() throws Exception {
        String reserve = "r1 = r ll\nr2 = 8\nr3 = 0\ncall bpf_ringbuf_reserve\n";
        assertEquals(
                "more than 1024 references are held at once",
                refusal(
                        ".map r, ringbuf, key=0, value=0, entries=4096\n"
                                + reserve.repeat(1025)
                                + RETURN,
                        LoadPolicy.TRUSTED));
    }

    @Test
    void branchesThatWaitAreLimited() throws Exception {
        Options few = new Options(0, 1_000_000, 3, false, true, false);
        StringBuilder text = new StringBuilder("r6 = r1\n");
        for (int i = 0; i < 5; i++) {
            text.append("r0 = *(u32 *)(r6 + 0)\nif r0 > ").append(i).append(" goto out\n");
        }
        text.append("out: r0 = 0\nexit");
        assertEquals("The sequence of 4 jumps is too complex.", verdict(text.toString(), few));
    }

    @Test
    void instructionsExploredAreLimited() throws Exception {
        Options few = new Options(0, 100, 8192, false, true, false);
        assertEquals("ok", verdict("r6 = 0\nl: r6 += 1\nif r6 < 40 goto l\nr0 = 0\nexit", few));
        assertEquals(
                "BPF program is too large. Processed 101 insn",
                verdict("r6 = 0\nl: r6 += 1\nif r6 < 60 goto l\nr0 = 0\nexit", few));
    }

    private static String verdict(String text, Options options) throws Exception {
        try {
            Verifier.verify(Programs.spec(text), LoadPolicy.TRUSTED, options);
            return "ok";
        } catch (VerificationException e) {
            return e.rejection().kernelText().lines().findFirst().orElse("");
        }
    }
}
