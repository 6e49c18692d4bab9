package bpf4j.testkit.seeded;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Our classes once more, those of one source file with a bug in them.
final class BuggyClasses extends ClassLoader {
    private final Path compiled;

    private BuggyClasses(Path compiled) {
        super(BuggyClasses.class.getClassLoader());
        this.compiled = compiled;
    }

    /// Compiles the file of a bug into `folder`, against the classes of the class path.
    static BuggyClasses with(SeededBug bug, Path root, Path folder) throws IOException {
        Path file = folder.resolve(Path.of(bug.file()).getFileName());
        Files.writeString(file, bug.source(root));
        Path classes = Files.createDirectory(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    List.of(
                                            "-proc:none",
                                            "-nowarn",
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            "-d",
                                            classes.toString()),
                                    null,
                                    files.getJavaFileObjects(file))
                            .call();
            if (!done) {
                throw new AssertionError(bug.name() + " does not compile:\n" + messages);
            }
        }
        return new BuggyClasses(classes);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("bpf4j.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        Path buggy = compiled.resolve(path);
        try (InputStream in =
                Files.exists(buggy)
                        ? Files.newInputStream(buggy)
                        : getParent().getResourceAsStream(path)) {
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
