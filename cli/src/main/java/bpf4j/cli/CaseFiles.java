package bpf4j.cli;

import bpf4j.spec.LoadException;
import bpf4j.testkit.cases.Case;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The cases of a file, read one after the other: one object, an array, or one object a line.
final class CaseFiles implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final JsonParser parser;

    private CaseFiles(String name, JsonParser parser) {
        this.name = name;
        this.parser = parser;
    }

    /// Opens a file, or standard input for `-`.
    static CaseFiles open(String file) throws LoadException {
        try {
            if (file.equals("-")) {
                InputStream kept =
                        new FilterInputStream(System.in) {
                            @Override
                            public void close() {
                                // Standard input is not ours to close.
                            }
                        };
                return new CaseFiles("standard input", JSON.createParser(kept));
            }
            Path path = Path.of(file);
            if (Files.isDirectory(path)) {
                throw new LoadException(file + ": is a directory; name case files");
            }
            return new CaseFiles(
                    file, JSON.createParser(new BufferedInputStream(Files.newInputStream(path))));
        } catch (NoSuchFileException e) {
            throw new LoadException(file + ": no such file", e);
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// The cases of a file that is read already.
    static CaseFiles of(String file, byte[] bytes) throws IOException {
        return new CaseFiles(file, JSON.createParser(bytes));
    }

    /// The next case, or null at the end.
    @Nullable Case next() throws LoadException {
        JsonLocation at = parser.currentLocation();
        try {
            JsonToken token = parser.nextToken();
            while (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
                token = parser.nextToken();
            }
            if (token == null) {
                return null;
            }
            at = parser.currentTokenLocation();
            JsonNode json = parser.readValueAsTree();
            return CaseJson.read(json);
        } catch (JsonProcessingException e) {
            JsonLocation place = e.getLocation();
            throw new LoadException(
                    "%s:%d: is not JSON: %s"
                            .formatted(
                                    name,
                                    place == null ? at.getLineNr() : place.getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new LoadException(name + ": cannot be read: " + e.getMessage(), e);
        } catch (LoadException e) {
            throw new LoadException("%s:%d: %s".formatted(name, at.getLineNr(), e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
