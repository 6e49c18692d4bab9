package bpf4j.jit.emit;

/// Internal names of the classes that generated code refers to.
final class Names {
    static final String EXECUTION = "bpf4j/runtime/Execution";
    static final String HELPER = "bpf4j/runtime/HelperFunction";
    static final String LAYOUT = "bpf4j/spec/ContextLayout";
    static final String SEMANTICS = "bpf4j/isa/Semantics";
    static final String SEGMENT = "java/lang/foreign/MemorySegment";
    static final String SUPPORT = "bpf4j/jit/support/";
    static final String ACCESS = SUPPORT + "Access";
    static final String CHECKED = SUPPORT + "Checked";
    static final String CALLS = SUPPORT + "Calls";
    static final String LINKS = SUPPORT + "Links";
    static final String PROGRAM = SUPPORT + "GeneratedProgram";
    static final String PART = SUPPORT + "GeneratedPart";
    static final String FRAME = SUPPORT + "Frame";

    private Names() {}

    /// The descriptor of a class.
    static String of(String internalName) {
        return "L" + internalName + ";";
    }
}
