package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signal ends the JVM of a training that knows nothing of it. */
class ShutdownIT {
    private static final String PREFIX = "lossledger.";

    @Test
    void endsTheRunWithTheLastStep(@TempDir Path directory) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory)) {
            Processing.createTopics(broker.bootstrapServers(), PREFIX);
            Results results = new Results(broker.bootstrapServers(), PREFIX);
            try (UserProgram training = UserProgram.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    EndlessTraining.class.getName(),
                    broker.bootstrapServers(),
                    PREFIX,
                    "endless")) {
                results.await(
                        LedgerTopic.UPDATE,
                        "a later step",
                        () -> assertThat(training.isAlive())
                                .as(training.errors())
                                .isTrue(),
                        record -> update(record.value()).getStep() >= 20);
                assertThat(training.terminate()).as("exit code of SIGTERM").isEqualTo(128 + 15);
            }

            RunManifest manifest = Objects.requireNonNull(
                    RunManifests.read(Map.of("bootstrap.servers", broker.bootstrapServers()), PREFIX)
                            .get("endless"));
            assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
            assertThat(manifest.getSkippedSteps()).isZero();
            Map<String, List<Update>> chunks = new TreeMap<>();
            results.each(
                    LedgerTopic.UPDATE,
                    record -> chunks.computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                            .add(update(record.value())));
            assertThat(chunks).hasSize(4).allSatisfy((key, updates) -> {
                for (int step = 0; step < updates.size(); step++) {
                    assertThat(updates.get(step).getStep()).isEqualTo(step);
                    assertThat(updates.get(step).hasFinished()).isEqualTo(step == updates.size() - 1);
                }
                assertThat(updates.size() - 2).isEqualTo(manifest.getLastStep());
            });
        }
    }

    private static Update update(byte[] value) {
        try {
            return Update.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
