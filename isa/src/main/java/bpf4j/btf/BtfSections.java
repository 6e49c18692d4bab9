package bpf4j.btf;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;

/// The two BTF sections of an object: its types, and what they say about its instructions.
public record BtfSections(Btf types, BtfExt ext) {

    /// Reads the sections `.BTF` and, where there is one, `.BTF.ext`.
    public static BtfSections parse(byte[] btf, byte @Nullable [] ext) throws LoadException {
        BtfReader reader = new BtfReader(btf);
        Btf types = reader.read();
        return new BtfSections(
                types, ext == null ? BtfExt.NONE : BtfExt.parse(ext, reader.strings(), types));
    }

    /// These sections as bytes.
    public Encoded encode(ByteOrder order) {
        return new BtfWriter(order).write(this);
    }

    /// The bytes of `.BTF` and of `.BTF.ext`.
    public record Encoded(byte[] types, byte[] ext) {}
}
