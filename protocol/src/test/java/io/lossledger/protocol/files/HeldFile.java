package io.lossledger.protocol.files;

import java.nio.file.Files;
import java.nio.file.Path;

/** A process that begins a file, says so, and never finishes it. */
final class HeldFile {
    private HeldFile() {}

    public static void main(String[] arguments) throws Exception {
        UnfinishedFile file = UnfinishedFile.begin(Path.of(arguments[0]), false);
        Files.writeString(file.path(), "half");
        System.out.println("begun");
        while (System.in.read() >= 0) {
            System.out.println("goes on");
        }
    }
}
