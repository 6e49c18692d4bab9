package bpf4j.testkit.external;

import bpf4j.isa.Code;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Another implementation that runs programs for us. A program finds the address of its memory in
/// r1
/// and its length in r2; it has no maps and calls no helpers.
public interface External extends AutoCloseable {
    /// How people call it: its command.
    String name();

    /// Runs a program on each memory; as many answers as there are memories.
    List<Answer> run(Code program, List<byte[]> memories);

    @Override
    void close();

    /// What came of a run.
    ///
    /// @param memory the memory afterwards, or null where the implementation does not tell
    /// @param trouble why there is no result: a crash, a refusal, rubbish, no answer in time; else
    ///     empty
    record Answer(long r0, byte @Nullable [] memory, String trouble) {
        /// No result.
        public static Answer trouble(String text) {
            return new Answer(0, null, text);
        }
    }
}
