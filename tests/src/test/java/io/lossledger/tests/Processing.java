package io.lossledger.tests;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.streams.windows.WindowSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** How these tests process: windows of five steps, three partitions, rows as JSON. */
final class Processing {
    static final int WINDOW_STEPS = 5;
    static final int PARTITIONS = 3;

    /** The same for the command. */
    static final List<Object> WINDOW_OPTIONS = List.of("--window", WINDOW_STEPS);

    /** All kinds of windows, and all rows that there are. */
    static final ResultSettings EVERYTHING =
            new ResultSettings(WindowSpec.parseList("5,10/5,7s,20s/5s"), 5, 0.05, 0.05, 100_000, true);

    /** The same for the command. */
    static final List<Object> EVERYTHING_OPTIONS = List.of(
            "--window",
            "5,10/5,7s,20s/5s",
            "--alert-steps",
            5,
            "--residual-tolerance",
            0.05,
            "--moment-false-alarm-rate",
            0.05,
            "--max-pending-steps",
            100_000,
            "--parameters");

    private static final ResultSettings WINDOWS =
            new ResultSettings(WindowSpec.parseList("" + WINDOW_STEPS), 5, 0.05, 0.05, 100_000, false);

    private Processing() {}

    static TopicSettings topics(String prefix) {
        TopicSettings defaults = TopicSettings.DEFAULT;
        return new TopicSettings(
                prefix,
                PARTITIONS,
                1,
                defaults.rawRetention(),
                defaults.rawRetentionBytes(),
                defaults.maxMessageBytes());
    }

    static void createTopics(String bootstrapServers, String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicCreator.createMissing(admin, topics(prefix));
        }
    }

    static ProcessorSettings settings(String bootstrapServers, String prefix, Path stateDirectory) {
        return settings(bootstrapServers, prefix, stateDirectory, WINDOWS, Map.of());
    }

    /** The application has a name of its own for each prefix. */
    static ProcessorSettings settings(
            String bootstrapServers,
            String prefix,
            Path stateDirectory,
            ResultSettings results,
            Map<String, String> kafka) {
        return new ProcessorSettings(
                bootstrapServers, prefix + "app", topics(prefix), RowFormat.JSON, results, 1, stateDirectory, kafka);
    }
}
