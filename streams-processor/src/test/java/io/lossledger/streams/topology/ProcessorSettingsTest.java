package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.letters.DeadLetterHandler;
import io.lossledger.streams.letters.RefusedRecordHandler;
import io.lossledger.streams.letters.UnreadableChunkHandler;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ProcessorSettingsTest {
    @Test
    void runsExactlyOnce() {
        Properties properties = settings(1, Map.of()).streamsProperties();

        assertThat(properties)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "app")
                .containsEntry("bootstrap.servers", "localhost:1")
                .containsEntry("commit.interval.ms", 100)
                .containsEntry("num.stream.threads", 1)
                .containsEntry("replication.factor", -1)
                .containsEntry("ensure.explicit.internal.resource.naming", true)
                .containsEntry("errors.dead.letter.queue.topic.name", "lossledger.rejected")
                .containsEntry("deserialization.exception.handler", UnreadableChunkHandler.class)
                .containsEntry("processing.exception.handler", DeadLetterHandler.class)
                .containsEntry("production.exception.handler", RefusedRecordHandler.class)
                .containsEntry("task.timeout.ms", 3_153_600_000_000L)
                .containsEntry("producer.delivery.timeout.ms", Integer.MAX_VALUE)
                .containsEntry("producer.max.request.size", 16 << 20)
                .containsEntry("topic.max.message.bytes", 16 << 20)
                .containsEntry("consumer.auto.offset.reset", "earliest")
                .containsEntry("consumer.session.timeout.ms", 15_000);
    }

    @Test
    void usersKafkaSettingsOverrideTheDefaults() {
        assertThat(settings(1, Map.of("commit.interval.ms", "20")).streamsProperties())
                .containsEntry("commit.interval.ms", "20");
    }

    @Test
    void keepsItsDefaults() {
        assertThat(ProcessorSettings.DEFAULT_APPLICATION_ID).isEqualTo("lossledger-processor");
    }

    @Test
    void namesTheThreadsWhenThereAreTooFew() {
        assertThatThrownBy(() -> settings(0, Map.of())).hasMessage("threads: must be at least 1. Found: 0");
    }

    private static ProcessorSettings settings(int threads, Map<String, String> kafka) {
        return new ProcessorSettings(
                "localhost:1",
                "app",
                TopicSettings.DEFAULT,
                RowFormat.JSON,
                ResultSettings.DEFAULT,
                threads,
                Path.of("state"),
                kafka);
    }
}
