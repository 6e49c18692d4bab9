package bpf4j.verifier.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/// Loads the verifier and its tests anew: the verifier's own classes instrumented.
final class MutatedLoader extends ClassLoader {
    private static final Set<String> INSTRUMENTED =
            Set.of("check", "cfg", "domain", "explore", "facts", "state");

    private final Instrumenter instrumenter = new Instrumenter();

    MutatedLoader() {
        super(MutatedLoader.class.getClassLoader());
    }

    Instrumenter instrumenter() {
        return instrumenter;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("bpf4j.verifier.")
                || name.startsWith(MutatedLoader.class.getPackageName() + ".")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(path)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            String rest = name.substring("bpf4j.verifier.".length());
            int dot = rest.indexOf('.');
            if (dot > 0 && INSTRUMENTED.contains(rest.substring(0, dot)) && !isTest(name)) {
                bytes = instrumenter.instrument(bytes);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /// Helpers of tests lie in the verifier's packages.
    private static boolean isTest(String name) {
        return name.contains("Test") || name.endsWith(".Small");
    }
}
