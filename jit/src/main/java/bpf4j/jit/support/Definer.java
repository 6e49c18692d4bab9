package bpf4j.jit.support;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;

/// Turns class files into hidden classes, which the JVM unloads with the last reference to their
/// program.
public final class Definer {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private Definer() {}

    /// Defines and creates a program.
    public static GeneratedProgram program(byte[] classFile, List<Object> classData, Links links) {
        try {
            Lookup lookup = define(classFile, classData);
            return (GeneratedProgram)
                    lookup.findConstructor(
                                    lookup.lookupClass(),
                                    MethodType.methodType(void.class, Links.class))
                            .invoke(links);
        } catch (Throwable e) {
            throw new AssertionError("the class generated for a program is not valid", e);
        }
    }

    /// Defines and creates a part of a program.
    public static GeneratedPart part(byte[] classFile, List<Object> classData) {
        try {
            Lookup lookup = define(classFile, classData);
            return (GeneratedPart)
                    lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                            .invoke();
        } catch (Throwable e) {
            throw new AssertionError("the class generated for a program is not valid", e);
        }
    }

    private static Lookup define(byte[] classFile, List<Object> classData)
            throws IllegalAccessException {
        return LOOKUP.defineHiddenClassWithClassData(classFile, classData, false);
    }
}
