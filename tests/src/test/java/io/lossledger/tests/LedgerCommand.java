package io.lossledger.tests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code lossledger} command in a JVM of its own. */
final class LedgerCommand extends UserProgram {
    private LedgerCommand(List<String> command) throws IOException {
        super(new ProcessBuilder(command));
    }

    static LedgerCommand start(Object... arguments) throws IOException {
        return startWithHeap("-Xmx1g", arguments);
    }

    static LedgerCommand startWithHeap(String heap, Object... arguments) throws IOException {
        return start(heap, System.getProperty("java.class.path"), arguments);
    }

    /** Runs to its end with another version of a library, which comes first. */
    static LedgerCommand runWith(Path jar, Object... arguments) throws IOException, InterruptedException {
        String classPath = jar + File.pathSeparator + System.getProperty("java.class.path");
        LedgerCommand command = start("-Xmx1g", classPath, arguments);
        command.exitCode();
        return command;
    }

    private static LedgerCommand start(String heap, String classPath, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                // Most end before the best code would pay.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                classPath,
                "io.lossledger.standalone.Main"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new LedgerCommand(command);
    }

    static LedgerCommand run(Object... arguments) throws IOException, InterruptedException {
        LedgerCommand command = start(arguments);
        command.exitCode();
        return command;
    }
}
