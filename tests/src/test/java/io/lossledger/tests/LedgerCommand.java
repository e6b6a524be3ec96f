package io.lossledger.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
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
        return startWithHeap("-Xmx1g", arguments);
    }

    static LedgerCommand startWithHeap(String heap, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
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

    /** What nobody can catch. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitCode();
    }

    boolean isAlive() {
        return process.isAlive();
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
