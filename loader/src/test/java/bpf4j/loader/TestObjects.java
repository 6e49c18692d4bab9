package bpf4j.loader;

import bpf4j.spec.LoadException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The objects built from src/test/c by build.sh.
final class TestObjects {
    private static final Path FOLDER = Path.of("src/test/resources/objects");

    private TestObjects() {}

    static Path path(String name) {
        return FOLDER.resolve(name + ".bpf.o");
    }

    static ObjectSpec load(String name) throws LoadException {
        return ObjectSpec.load(path(name));
    }

    static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(path(name));
    }
}
