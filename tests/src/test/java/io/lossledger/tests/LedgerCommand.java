package io.lossledger.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code lossledger} command in a JVM of its own. */
final class LedgerCommand implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 180;

    private final Process process;
    private final Path out;
    private final Path err;

    private LedgerCommand(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static LedgerCommand start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                "io.lossledger.standalone.Main"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path out = Files.createTempFile("lossledger", ".out");
        Path err = Files.createTempFile("lossledger", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new LedgerCommand(process, out, err);
    }

    static LedgerCommand run(Object... arguments) throws IOException, InterruptedException {
        LedgerCommand command = start(arguments);
        command.exitCode();
        return command;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * A port below those that the system gives to outgoing connections: while the broker is away, one of its clients could get
     * the broker's port and connect to itself.
     */
    static int lastingPort() throws IOException {
        for (int port = 21_000; port < 22_000; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // in use
            }
        }
        throw new IOException("No port from 21000 to 21999 is free");
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("The command did not end in time. Its output:\n" + output() + errors());
        }
        return process.exitValue();
    }

    /** Waits until the command has printed a text. */
    void awaitOutput(String text) throws InterruptedException {
        awaitOutputAfter(0, text);
    }

    /** Waits until the command has printed a text behind its first characters. */
    void awaitOutputAfter(int characters, String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (output().indexOf(text, characters) < 0) {
            boolean ended = !process.isAlive() && output().indexOf(text, characters) < 0;
            if (ended || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "The command did not print '" + text + "'. Its output:\n" + output() + errors());
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    /** What Ctrl-C sends. */
    int interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        return exitCode();
    }

    /** Takes its power away. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String output() {
        return read(out);
    }

    String errors() {
        return read(err);
    }

    List<String> lines() {
        return output().lines().toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Files.delete(out);
            Files.delete(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
