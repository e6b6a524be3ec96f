package io.lossledger.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.AclCommand;

/** Kafka's own {@code kafka-acls.sh}. A shell finds out how a script calls it, and the calls are made in this JVM. Stateless. */
final class AclTool {
    private static final String END = "--end--";

    private AclTool() {}

    /** The arguments of each call in a script, as the shell splits them. */
    static List<List<String>> calls(Path script, Path directory) throws IOException, InterruptedException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path calls = directory.resolve("calls");
        Path stub = Files.writeString(
                bin.resolve("kafka-acls.sh"), "#!/bin/sh\nprintf '%s\\n' \"$@\" " + END + " >>'" + calls + "'\n");
        if (!stub.toFile().setExecutable(true)) {
            throw new IOException(stub + " cannot be made executable");
        }
        ProcessBuilder shell = new ProcessBuilder("sh", "-eu", script.toString()).inheritIO();
        shell.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
        Process process = shell.start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(script + " failed");
        }
        List<List<String>> all = new ArrayList<>();
        List<String> call = new ArrayList<>();
        for (String word : Files.readAllLines(calls)) {
            if (word.equals(END)) {
                all.add(List.copyOf(call));
                call.clear();
            } else {
                call.add(word);
            }
        }
        return all;
    }

    /** @throws AssertionError when the tool refuses the arguments */
    static void run(List<String> arguments) {
        Exit.setExitProcedure((status, message) -> {
            if (status != 0) {
                throw new AssertionError("kafka-acls.sh " + arguments + ": exit " + status + " " + message);
            }
        });
        try {
            AclCommand.main(arguments.toArray(String[]::new));
        } finally {
            Exit.resetExitProcedure();
        }
    }
}
