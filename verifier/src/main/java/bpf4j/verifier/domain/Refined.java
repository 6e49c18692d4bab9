package bpf4j.verifier.domain;

/// The two operands of a comparison, narrowed by its outcome.
///
/// @param left what the first operand can still be
/// @param right what the second operand can still be
public record Refined(Scalar left, Scalar right) {}
