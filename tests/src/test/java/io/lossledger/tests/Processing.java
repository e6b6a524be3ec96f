package io.lossledger.tests;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.ProcessorSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** How these tests process: windows of five steps, three partitions, rows as JSON. */
final class Processing {
    static final int WINDOW_STEPS = 5;
    static final int PARTITIONS = 3;

    /** The same for the command. */
    static final List<Object> WINDOW_OPTION = List.of("--window-steps", WINDOW_STEPS);

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

    static ProcessorSettings settings(
            String bootstrapServers,
            String applicationId,
            String prefix,
            Path stateDirectory,
            Map<String, String> kafka) {
        return new ProcessorSettings(
                bootstrapServers,
                applicationId,
                topics(prefix),
                RowFormat.JSON,
                WINDOW_STEPS,
                1,
                stateDirectory,
                kafka);
    }
}
