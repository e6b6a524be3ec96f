package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The commands of documents and help that read a ledger do what they are shown for, one after the other. Left out are those that run
 * until Ctrl-C or measure a machine, and those that change a run, which have tests of their own.
 */
class DocumentedCommandsIT {
    private static final Set<String> READERS = Set.of(
            "tail",
            "export",
            "sql",
            "report",
            "replay",
            "topics",
            "runs list",
            "runs show",
            "runs export",
            "runs import");
    private static final List<String> RUNS = List.of("digits-1", "digits-2", "my-run", "waves-1");

    @Test
    void readersDoWhatTheyAreShownFor(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory.resolve("ledger"))) {
            RecordedRuns recorded = new RecordedRuns(ledger.bootstrapServers(), RUNS.get(0));
            for (String run : RUNS) {
                recorded.record("lossledger.", run, true);
            }
            new Results(ledger.bootstrapServers(), "lossledger.").awaitClosed(Set.copyOf(RUNS), () -> {});
            Set<String> commands = commands(ledger.bootstrapServers());
            assertThat(commands).hasSizeGreaterThan(25);
            Path folder = Files.createDirectories(directory.resolve("folder"));
            Files.createFile(folder.resolve("admin.properties")); // this Kafka asks for nothing
            Path file = Files.write(directory.resolve("commands"), commands);
            try (UserProgram run = run(folder, file)) {
                assertThat(run.exitCode()).isZero();
                assertThat(run.lines().stream().filter(line -> line.startsWith("exit code ")))
                        .as(run.output() + run.errors())
                        .hasSameSizeAs(commands)
                        .containsOnly("exit code 0");
            }
        }
    }

    /** In the order of documents and help, each once. */
    private static Set<String> commands(String bootstrapServers) throws Exception {
        Set<String> commands = new LinkedHashSet<>();
        for (ShownCommand shown : ShownCommand.all()) {
            List<String> words = new ArrayList<>(shown.words());
            words.replaceAll(
                    word -> word.equals("RUN") ? RUNS.get(0) : word.equals("kafka:9092") ? bootstrapServers : word);
            CommandLine command = CommandTree.called(words);
            if (!shown.isWhole()
                    || words.contains("--live")
                    || words.contains("--help")
                    || !READERS.contains(CommandTree.name(command))) {
                continue;
            }
            for (Map.Entry<String, String> option : Map.of(
                            "--bootstrap-server", bootstrapServers, "--force", "", "--no-follow", "")
                    .entrySet()) {
                if (!words.contains(option.getKey()) && command.getCommandSpec().findOption(option.getKey()) != null) {
                    words.add(option.getKey());
                    words.add(option.getValue());
                }
            }
            words.removeIf(String::isEmpty);
            commands.add(String.join("\t", words));
        }
        return commands;
    }

    private static UserProgram run(Path folder, Path commands) throws Exception {
        return new UserProgram(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DocumentedCommandsRun.class.getName(),
                        commands.toString())
                .directory(folder.toFile()));
    }
}
