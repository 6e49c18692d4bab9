package bpf4j.cli;

import bpf4j.spec.LoadException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The file of a corpus folder that names the programs which showed something new, one a line, such
/// as `5+17`.
final class SeedFile {
    private static final String NAME = "seeds.txt";
    private static final String WORD = "seed ";

    private SeedFile() {}

    static List<String> read(Path folder) throws LoadException {
        Path file = folder.resolve(NAME);
        try {
            List<String> names = Files.exists(file) ? Files.readAllLines(file) : List.of();
            for (String name : names) {
                if (!name.matches("-?\\d+(\\+-?\\d+)*")) {
                    throw new LoadException(file + ": not the name of a program: " + name);
                }
            }
            return names;
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    static void write(Path folder, List<String> names) throws LoadException {
        Path file = folder.resolve(NAME);
        try {
            Files.write(file, names.stream().map(name -> name.replaceFirst(WORD, "")).toList());
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
