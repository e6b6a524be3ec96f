package io.lossledger.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A program in a process of its own, as a user runs it. Every wait is bounded. */
class UserProgram implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 180;

    private final Process process;
    private final Path out;
    private final Path err;

    UserProgram(ProcessBuilder program) throws IOException {
        out = Files.createTempFile("lossledger", ".out");
        err = Files.createTempFile("lossledger", ".err");
        process = program.command(CtrlC.ends(program.command()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    static UserProgram of(String... command) throws IOException {
        return new UserProgram(new ProcessBuilder(command));
    }

    /** Runs to its end, in a folder. */
    static UserProgram runIn(Path folder, String... command) throws IOException, InterruptedException {
        UserProgram program = new UserProgram(new ProcessBuilder(command).directory(folder.toFile()));
        program.exitCode();
        return program;
    }

    int exitCode() throws InterruptedException {
        return exitCode(PATIENCE_SECONDS);
    }

    int exitCode(long patienceSeconds) throws InterruptedException {
        if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("The program did not end in time. Its output:\n" + output() + errors());
        }
        return process.exitValue();
    }

    /** Waits until the program has printed a text. */
    void awaitOutput(String text) throws InterruptedException {
        awaitOutputAfter(0, text);
    }

    /** Waits until the program has printed a text behind its first characters. */
    void awaitOutputAfter(int characters, String text) throws InterruptedException {
        await(text, () -> output().indexOf(text, characters) >= 0);
    }

    /** Waits until the program has printed a text to its errors. */
    void awaitErrors(String text) throws InterruptedException {
        awaitErrorsAfter(0, text);
    }

    /** Waits until the program has printed a text to its errors behind their first characters. */
    void awaitErrorsAfter(int characters, String text) throws InterruptedException {
        await(text, () -> errors().indexOf(text, characters) >= 0);
    }

    /** What Ctrl-C sends. */
    int interrupt() throws IOException, InterruptedException {
        return signal("-INT");
    }

    /** What the shutdown of a machine or container sends. */
    int terminate() throws IOException, InterruptedException {
        return signal("-TERM");
    }

    private int signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
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

    private void await(String text, BooleanSupplier isPrinted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isPrinted.getAsBoolean()) {
            boolean ended = !process.isAlive() && !isPrinted.getAsBoolean();
            if (ended || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "The program did not print '" + text + "'. Its output:\n" + output() + errors());
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
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
