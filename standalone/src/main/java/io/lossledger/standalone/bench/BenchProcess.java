package io.lossledger.standalone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/** A command of LossLedger in a process of its own, as users run it. Ended when it is closed. */
final class BenchProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 120;

    private final String name;
    private final Path output;
    private final Process process;

    /**
     * Starts it.
     *
     * @param bench the command of the benchmark, whose program is run
     * @param jvm options of the virtual machine
     * @param arguments the command and its options
     */
    BenchProcess(CommandSpec bench, List<String> jvm, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        String main = bench.root().userObject().getClass().getName();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        name = arguments.get(0);
        output = Files.createTempFile("lossledger-bench", ".log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putIfAbsent("LOSSLEDGER_LOG", "warn");
        process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    long id() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until it has ended by itself.
     *
     * @throws IllegalStateException when it failed; the message has what it printed
     */
    void await() throws IOException, InterruptedException {
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(name + ": must end with exit code 0. Found: " + code + "\n" + printed());
        }
    }

    /** What it has printed so far. */
    String printed() throws IOException {
        return Files.readString(output).strip();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(output);
    }
}
