package io.lossledger.tests;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A command that is killed and started again with the same arguments. */
final class Node implements AutoCloseable {
    private final String heap;
    private final Object[] arguments;
    private @Nullable LedgerCommand command;

    private Node(String heap, Object[] arguments) {
        this.heap = heap;
        this.arguments = arguments;
    }

    static Node of(Object... arguments) {
        return new Node("-Xmx1g", arguments.clone());
    }

    /** @param heap such as {@code -Xmx256m} */
    static Node withHeap(String heap, Object... arguments) {
        return new Node(heap, arguments.clone());
    }

    /** Starts without waiting. */
    void start() throws IOException {
        command = LedgerCommand.startWithHeap(heap, arguments);
    }

    /** Starts and waits for a line that says it serves. */
    void start(String line) throws IOException, InterruptedException {
        start();
        await(line);
    }

    void await(String line) throws InterruptedException {
        running().awaitOutput(line);
    }

    /** SIGKILL: nothing is flushed, nobody is told. */
    void kill() throws InterruptedException {
        running().kill();
        close();
    }

    /** Ctrl-C: an orderly stop. */
    void interrupt() throws IOException, InterruptedException {
        running().interrupt();
    }

    /** @throws AssertionError with all that it said, when it has ended by itself */
    void requireAlive() {
        if (command != null && !command.isAlive()) {
            throw new AssertionError(
                    "The command ended by itself. Its output:\n" + command.output() + command.errors());
        }
    }

    @Override
    public void close() {
        if (command != null) {
            command.close();
            command = null;
        }
    }

    private LedgerCommand running() {
        if (command == null) {
            throw new IllegalStateException("Not started");
        }
        return command;
    }
}
