package bpf4j.btf;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

/// The two BTF sections of an object: its types, and what they say about its instructions.
public record BtfSections(Btf types, BtfExt ext) {

    /// Reads the sections `.BTF` and, where there is one, `.BTF.ext`.
    public static BtfSections parse(byte[] btf, byte @Nullable [] ext) throws LoadException {
        BtfReader reader = new BtfReader(btf);
        Btf types = reader.read();
        return new BtfSections(
                types, ext == null ? BtfExt.NONE : BtfExt.parse(ext, reader.strings(), types));
    }
}
