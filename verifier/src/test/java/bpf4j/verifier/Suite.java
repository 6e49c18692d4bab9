package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.isa.AssemblyException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The verifier's tests as things to run one by one, for whoever wants to know which of them
/// notice a change.
public final class Suite {
    private Suite() {}

    /// The written cases and the tests of some classes, by name. A check throws when it fails.
    public static Map<String, Runnable> checks(List<String> classes) {
        Map<String, Runnable> checks = new LinkedHashMap<>();
        for (WrittenCase written : WrittenCase.all()) {
            ProgramSpec spec;
            try {
                spec = written.spec();
            } catch (AssemblyException e) {
                throw new AssertionError(e);
            }
            checks.put(written.name(), () -> judge(written, spec));
        }
        for (String name : classes) {
            try {
                tests(Class.forName(name), checks);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return checks;
    }

    private static void judge(WrittenCase written, ProgramSpec spec) {
        assertEquals(written.trusted(), WrittenCase.verdict(spec, LoadPolicy.TRUSTED));
        if (!written.unprivileged().isEmpty()) {
            assertEquals(
                    written.unprivileged(), WrittenCase.verdict(spec, LoadPolicy.UNPRIVILEGED));
        }
    }

    private static void tests(Class<?> type, Map<String, Runnable> checks)
            throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        List<Method> methods = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
        methods.removeIf(method -> !method.isAnnotationPresent(Test.class));
        methods.sort(Comparator.comparing(Method::getName));
        for (Method method : methods) {
            method.setAccessible(true);
            checks.put(
                    type.getSimpleName() + "." + method.getName(), () -> run(constructor, method));
        }
    }

    private static void run(Constructor<?> constructor, Method method) {
        try {
            method.invoke(constructor.newInstance());
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
