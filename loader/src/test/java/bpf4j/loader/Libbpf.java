package bpf4j.loader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What libbpf itself makes of objects, through a small C program; the oracle of the linker.
final class Libbpf {
    private final Path tool;

    private Libbpf(Path tool) {
        this.tool = tool;
    }

    /// Maps in their order and the bytes of programs by name.
    record Dump(List<String> maps, Map<String, String> programs) {}

    /// The oracle, or null with a printed reason where it cannot be built.
    static @Nullable Libbpf build(Path folder) throws IOException, InterruptedException {
        Path source = Path.of("src/test/c/libbpf_dump.c");
        Path tool = folder.resolve("libbpf_dump");
        List<String> lines = new ArrayList<>();
        if (run(lines, "cc", "-o", tool.toString(), source.toString(), "-lbpf") != 0) {
            System.out.println("no libbpf to compare with: " + lines);
            return null;
        }
        return new Libbpf(tool);
    }

    /// What libbpf makes of an object, or its complaint.
    Object dump(Path object, @Nullable Path target) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        List<String> command = new ArrayList<>(List.of(tool.toString(), object.toString()));
        if (target != null) {
            command.add(target.toString());
        }
        if (run(lines, command.toArray(String[]::new)) != 0) {
            return String.join("; ", lines);
        }
        List<String> maps = new ArrayList<>();
        Map<String, String> programs = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("map")) {
                maps.add(line);
            } else if (words[0].equals("program")) {
                programs.put(words[1], words[words.length - 1]);
            }
        }
        return new Dump(maps, programs);
    }

    private static int run(List<String> lines, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("bpf4j", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                lines.add("took too long");
                return -1;
            }
            lines.addAll(Files.readAllLines(out));
            return process.exitValue();
        } catch (IOException e) {
            lines.add(e.getMessage());
            return -1;
        } finally {
            Files.delete(out);
        }
    }
}
