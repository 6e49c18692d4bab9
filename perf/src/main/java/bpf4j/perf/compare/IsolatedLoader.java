package bpf4j.perf.compare;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;

/// Loads a contender with classes of its own: bpf4j, the contender and its libraries once more. The
/// JVM collects profiles by class, so each contender is compiled as if it were alone in its
/// process, and yet all can take turns in one.
public final class IsolatedLoader extends ClassLoader {
    private static final String SHARED = "bpf4j.perf.compare.";

    /// A loader whose classes nobody else uses.
    public IsolatedLoader() {
        super("contender", IsolatedLoader.class.getClassLoader());
    }

    /// Makes a contender of a class that has a constructor for a [Workload.Setup].
    public static Contender create(String className, Workload.Setup setup) throws Unavailable {
        try {
            return (Contender)
                    new IsolatedLoader()
                            .loadClass(className)
                            .getConstructor(Workload.Setup.class)
                            .newInstance(setup);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Unavailable unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException(className + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(className, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isIsolated(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private static boolean isIsolated(String name) {
        return name.startsWith("bpf4j.") && !name.startsWith(SHARED)
                || name.startsWith("com.dylibso.chicory.");
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
