package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What a trainer's exit code and last lines say of the books. */
@TestInstance(Lifecycle.PER_CLASS)
class TrainExitCodesIT {
    private static final int STEPS = 6;

    private Path directory;
    private EmbeddedBroker broker;
    private LedgerProcessor processor;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
        Processing.createTopics(broker.bootstrapServers(), "lossledger.");
        Processing.createTopics(broker.bootstrapServers(), "alone.");
        processor = new LedgerProcessor(
                Processing.settings(broker.bootstrapServers(), "lossledger.", directory.resolve("state")));
        processor.start();
        assertThat(processor.awaitRunning(Duration.ofMinutes(1))).isTrue();
    }

    @AfterAll
    void stop() {
        processor.close();
        broker.close();
    }

    @Test
    void tellsThatTheBooksBalance() throws Exception {
        try (LedgerCommand train = train("--run", "right", "--wait", 120)) {
            assertThat(train.exitCode()).as(train.errors()).isZero();
            assertThat(train.output()).contains("balanced: run=right steps=" + STEPS + " ");
        }
    }

    /** Kafka's topic holds a record of an earlier run of that name, of which nothing else is left. */
    @Test
    void tellsThatNothingWasBooked() throws Exception {
        try (RawProducer producer = new RawProducer(broker.bootstrapServers(), "lossledger.")) {
            SyntheticRun earlier = new SyntheticRun("used", 3, 12, 5, System.currentTimeMillis());
            producer.send(List.of(earlier.step(0).get(0)), earlier.timeMillis(0));
            producer.flush();
        }
        try (LedgerCommand train = train("--run", "used", "--wait", 5)) {
            assertThat(train.exitCode()).as(train.output() + train.errors()).isEqualTo(5);
            assertThat(train.output())
                    .contains("not verified: no processor closed the run within 5 s")
                    .containsPattern("not booked: \\d+ records of the run; they are in lossledger.rejected");
        }
    }

    /** Large steps, and a rule that knows nothing of curvature. */
    @Test
    void tellsThatTheBooksDoNotBalance() throws Exception {
        try (LedgerCommand train =
                train("--run", "coarse", "--wait", 120, "--rule", "first-order", "--learning-rate", 1)) {
            assertThat(train.exitCode()).as(train.output() + train.errors()).isEqualTo(3);
            assertThat(train.output()).contains("not balanced: run=coarse");
        }
    }

    @Test
    void saysSoWhereNoProcessorAnswers() throws Exception {
        try (LedgerCommand train = train("--run", "alone", "--topic-prefix", "alone.", "--wait", 1)) {
            assertThat(train.exitCode()).as(train.errors()).isZero();
            assertThat(train.output()).contains("not verified: no processor closed the run within 1 s");
        }
    }

    /** Everything was sent, so there is nothing but the signal to tell of. */
    @Test
    void canBeInterruptedWhileItWaits() throws Exception {
        try (LedgerCommand train = train("--run", "waits", "--topic-prefix", "alone.", "--wait", 600)) {
            train.awaitOutput("sent: run=waits");
            assertThat(train.interrupt()).as(train.errors()).isEqualTo(130);
            assertThat(train.output()).contains("not verified: the command was stopped");
        }
    }

    @Test
    void tellsOfLostStepsWhenItIsTerminated() throws Exception {
        Path impatient = Files.writeString(
                directory.resolve("short.properties"),
                "delivery.timeout.ms=1000\nrequest.timeout.ms=500\nlinger.ms=0\n");
        EmbeddedBroker away = EmbeddedBroker.start(0, directory.resolve("away"));
        Processing.createTopics(away.bootstrapServers(), "lossledger.");
        try (LedgerCommand train = LedgerCommand.start(
                "train",
                "--bootstrap-server",
                away.bootstrapServers(),
                "--kafka-config",
                impatient,
                "--run",
                "lost",
                "--steps",
                1_000_000,
                "--objective-size",
                500,
                "--kafka-patience",
                0)) {
            try (away) {
                new Results(away.bootstrapServers(), "lossledger.")
                        .await(
                                LedgerTopic.UPDATE,
                                "a step",
                                () -> assertThat(train.isAlive())
                                        .as(train.errors())
                                        .isTrue(),
                                record -> true);
            }
            train.awaitErrors("a step is skipped");
            assertThat(train.terminate()).as(train.output() + train.errors()).isEqualTo(4);
        }
    }

    private LedgerCommand train(Object... more) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(
                "train", "--bootstrap-server", broker.bootstrapServers(), "--steps", STEPS, "--objective-size", 500));
        arguments.addAll(List.of(more));
        return LedgerCommand.start(arguments.toArray());
    }
}
