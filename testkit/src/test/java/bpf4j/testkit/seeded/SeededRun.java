package bpf4j.testkit.seeded;

import bpf4j.isa.Disassembler;
import bpf4j.kernel.KernelProgram;
import bpf4j.testkit.fuzz.Finding;
import bpf4j.testkit.fuzz.FuzzEngine;
import bpf4j.testkit.fuzz.Fuzzer;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Fuzzes until something is found. Runs inside the classes that have the bug, so what goes in and
/// comes out are the JDK's types.
public final class SeededRun {
    private SeededRun() {}

    /// What was found first: its number of programs, the check, the number of instructions, the
    /// text, the program; or null.
    public static String[] first(long seed, long programs, long seconds) {
        Set<FuzzEngine> engines = EnumSet.allOf(FuzzEngine.class);
        if (KernelProgram.unavailable() != null) {
            engines.remove(FuzzEngine.KERNEL);
        }
        AtomicLong done = new AtomicLong();
        try {
            new Fuzzer(new Fuzzer.Settings(seed, programs, seconds * 1_000_000_000, engines, 16))
                    .run(
                            new Fuzzer.Listener() {
                                @Override
                                public void progress(Fuzzer.Totals totals) {
                                    done.set(totals.programs);
                                }

                                @Override
                                public void found(Finding finding) {
                                    throw new Found(finding);
                                }
                            });
            return null;
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof Found found)) {
                throw e;
            }
            Finding finding = found.finding;
            var code = finding.trial().code();
            int instructions = 0;
            for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
                instructions++;
            }
            return new String[] {
                Long.toString(done.get() + 1),
                finding.check().name(),
                Integer.toString(instructions),
                finding.text(),
                Disassembler.source(finding.trial().spec())
            };
        }
    }

    private static final class Found extends RuntimeException {
        private static final long serialVersionUID = 1;

        final transient Finding finding;

        Found(Finding finding) {
            this.finding = finding;
        }
    }
}
