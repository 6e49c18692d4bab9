package bpf4j.runtime.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.spec.HelperSpec;
import bpf4j.spec.Helpers;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The lists in docs/runtime.md say which helpers there are.
class SupportListTest {
    @Test
    void documentListsWhatThereIs() throws Exception {
        Path root = Path.of(System.getProperty("bpf4j.root", ".."));
        String text = Files.readString(root.resolve("docs/runtime.md"));
        List<String> present = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (int id = 1; id <= Helpers.LAST; id++) {
            HelperSpec spec = Helpers.byNumber(id);
            if (spec != null) {
                (LinuxHelpers.table().find(id) != null ? present : absent).add(spec.name());
            }
        }
        assertEquals(present, after(text, "errors included:"));
        assertEquals(absent, after(text, "a fault that names it:"));
    }

    /// The names in the paragraph after a heading line.
    private static List<String> after(String text, String heading) {
        int start = text.indexOf(heading) + heading.length() + 2;
        String paragraph = text.substring(start, text.indexOf(".\n", start));
        return Arrays.stream(paragraph.split("[,\\s]+")).toList();
    }
}
