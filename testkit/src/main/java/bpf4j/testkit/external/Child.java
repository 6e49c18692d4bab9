package bpf4j.testkit.external;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process whose lines are read as they come, so that neither its silence nor its chatter can
/// hang us: nothing here waits longer than the caller says, and no more than [#LINES] lines of at
/// most [#LINE] bytes are kept.
public final class Child implements AutoCloseable {
    private static final int LINE = 4 << 20;
    private static final int LINES = 16;
    private static final int COMPLAINT = 400;

    /// What stands for the end of the output; no line is equal to it by identity.
    @SuppressWarnings("StringOperationCanBeSimplified") // told from lines by its identity
    private static final String END = new String("end");

    private final Process process;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);
    /// The end of what it complained about; guarded by itself.
    private final StringBuilder complaints = new StringBuilder();

    private final Thread listener;

    /// Starts a process.
    public Child(List<String> command) throws IOException {
        process = new ProcessBuilder(command).start();
        Thread.ofVirtual().start(() -> listen(process.getInputStream()));
        listener = Thread.ofVirtual().start(() -> complain(process.getErrorStream()));
    }

    private void listen(InputStream in) {
        StringBuilder line = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            while (true) {
                int count = in.read(buffer);
                if (count < 0) {
                    break;
                }
                for (int i = 0; i < count; i++) {
                    if (buffer[i] == '\n' || line.length() == LINE) {
                        lines.put(line.toString());
                        line.setLength(0);
                    } else {
                        line.append((char) (buffer[i] & 0xFF));
                    }
                }
            }
        } catch (IOException e) {
            // The process was ended: what it said so far counts.
        } catch (InterruptedException e) {
            return;
        }
        try {
            if (!line.isEmpty()) {
                lines.put(line.toString());
            }
            lines.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void complain(InputStream in) {
        byte[] buffer = new byte[512];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                synchronized (complaints) {
                    complaints.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                    if (complaints.length() > COMPLAINT) {
                        complaints.delete(0, complaints.length() - COMPLAINT);
                    }
                }
            }
        } catch (IOException e) {
            // The process was ended.
        }
    }

    /// Gives the process text to read; returns at once.
    public void send(String text, boolean last) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                OutputStream out = process.getOutputStream();
                                out.write(text.getBytes(StandardCharsets.UTF_8));
                                out.flush();
                                if (last) {
                                    out.close();
                                }
                            } catch (IOException e) {
                                // It does not read: its answer, or that there is none, says enough.
                            }
                        });
    }

    /// The next line of output.
    ///
    /// @throws NoAnswer when the output ends or the time is over; says what became of the process
    public String line(long nanos) throws NoAnswer {
        try {
            String line = lines.poll(nanos, TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new NoAnswer(
                        "gives no answer within %.1f s%s".formatted(nanos / 1e9, complaint()));
            }
            if (line == END) {
                lines.add(END);
                throw new NoAnswer(status(nanos));
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer("was not waited for");
        }
    }

    /// How the process ended: "exits with status 1: what it complained about".
    public String status(long nanos) {
        try {
            if (!process.waitFor(nanos, TimeUnit.NANOSECONDS)) {
                return "does not end" + complaint();
            }
            listener.join(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int status = process.exitValue();
        String how = status > 128 ? "dies of signal " + (status - 128) : "exits with " + status;
        return how + complaint();
    }

    private String complaint() {
        String text;
        synchronized (complaints) {
            text = complaints.toString().strip();
        }
        return text.isEmpty() ? "" : ": " + text.substring(text.lastIndexOf('\n') + 1);
    }

    /// Whether the process ended with status 0, waiting for it.
    public boolean succeeds(long nanos) {
        try {
            return process.waitFor(nanos, TimeUnit.NANOSECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Ends the process and all that it started.
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /// No line came.
    public static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswer(String message) {
            super(message);
        }
    }
}
