package bpf4j.cli;

import picocli.CommandLine.IVersionProvider;

import java.util.Objects;

/// What `bpf4j --version` prints: the version of the jar, and of the Java it runs on.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String jar =
                Objects.requireNonNullElse(
                        Version.class.getPackage().getImplementationVersion(), "(not from a jar)");
        return new String[] {"bpf4j " + jar + " on Java " + Runtime.version()};
    }
}
