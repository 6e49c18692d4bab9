package bpf4j.verifier.state;

/// Something that was acquired and must be released.
///
/// @param id its identity
/// @param pc the slot of the instruction that acquired it
/// @param frame the frame of the callback that acquired it, 0 outside of callbacks
public record Reference(int id, int pc, int frame) {}
