package bpf4j.testkit.external;

import bpf4j.spec.LoadException;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words of a command: separated by blanks, quotes keep blanks. No shell takes part.
public record CommandLine(String text, List<String> words) {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    public CommandLine {
        words = List.copyOf(words);
    }

    /// The words of a text.
    public static CommandLine of(String text) throws LoadException {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            for (int group = 1; group <= 3; group++) {
                if (matcher.group(group) != null) {
                    words.add(matcher.group(group));
                }
            }
        }
        if (words.isEmpty()) {
            throw new LoadException("--external: the command is empty");
        }
        return new CommandLine(text, words);
    }

    /// The words with `argument` in the place of the word `{}`, or at the end without one.
    List<String> with(String argument) {
        List<String> all = new ArrayList<>(words);
        int place = all.indexOf("{}");
        if (place >= 0) {
            all.set(place, argument);
        } else {
            all.add(argument);
        }
        return all;
    }
}
