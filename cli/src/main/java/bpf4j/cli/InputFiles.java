package bpf4j.cli;

import bpf4j.spec.LoadException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Whole files that commands read.
final class InputFiles {
    private static final long MOST_BYTES = 256L << 20;

    private InputFiles() {}

    /// The bytes of a file, or of standard input for `-`.
    static byte[] read(String file) throws LoadException {
        try {
            if (file.equals("-")) {
                return System.in.readAllBytes();
            }
            Path path = Path.of(file);
            if (Files.isDirectory(path)) {
                throw new LoadException(file + ": is a directory");
            }
            if (Files.size(path) > MOST_BYTES) {
                throw new LoadException(file + ": is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new LoadException(file + ": no such file", e);
        } catch (InvalidPathException | IOException e) {
            throw new LoadException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
