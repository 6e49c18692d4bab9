package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.jit.emit.Trace;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

import java.io.PrintWriter;
import java.io.StringWriter;

/// Holds generated classes to ASM's data-flow analysis, which says more than the JVM's verifier,
/// and
/// to the size up to which HotSpot compiles methods.
final class ClassCheck {
    /// Checks every class that is generated.
    static final Trace TRACE = ClassCheck::check;

    private ClassCheck() {}

    private static void check(byte[] classFile) {
        StringWriter complaints = new StringWriter();
        CheckClassAdapter.verify(
                new ClassReader(classFile),
                Jit.class.getClassLoader(),
                false,
                new PrintWriter(complaints));
        assertEquals("", complaints.toString());
    }
}
