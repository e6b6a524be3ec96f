package io.lossledger.tests;

import io.lossledger.standalone.Main;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that runs the commands of a file, one on each line with its words apart by tabs, and prints their exit codes. */
final class DocumentedCommandsRun {
    private DocumentedCommandsRun() {}

    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            System.out.println("$ " + line);
            System.out.println("exit code " + Main.commandLine().execute(line.split("\t")));
        }
    }
}
