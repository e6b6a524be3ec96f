package io.lossledger.standalone.worker;

import io.lossledger.standalone.terminal.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the last bits of a measurement may depend on: the version, and the kind of processor. Stateless. */
final class BuildName {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private BuildName() {}

    static String text() {
        return Version.text() + " on " + processor();
    }

    private static String processor() {
        String architecture = System.getProperty("os.arch");
        if (!Files.isReadable(PROCESSORS)) {
            return architecture;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.replaceFirst("[^:]*:\\s*", ""))
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            return architecture;
        }
    }
}
