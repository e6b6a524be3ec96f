package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processor is started before Kafka, and Kafka goes away while it runs: it waits, says so, and comes back. */
class ProcessorOutageIT {
    private static final int STEPS = 4;

    @Test
    void waitsForKafkaAtStartAndLater(@TempDir Path directory) throws Exception {
        int port = StablePort.find();
        String address = "localhost:" + port;
        try (LedgerCommand processor = process(directory, address)) {
            processor.awaitOutput("waiting for Kafka at " + address + " (");
            EmbeddedBroker broker = EmbeddedBroker.start(port, directory);
            try {
                processor.awaitOutput("Kafka at " + address + " answers again after ");
                processor.awaitOutput("the processor runs; Ctrl-C stops it");
                train("before", address);
                assertBooked("before", address);
                int said = processor.output().length();

                broker.close();
                processor.awaitOutputAfter(said, "waiting for Kafka at " + address + " (");
                broker = EmbeddedBroker.start(port, directory);
                processor.awaitOutputAfter(said, "Kafka at " + address + " answers again after ");
                train("after", address);
                assertBooked("after", address);

                assertThat(processor.interrupt()).isEqualTo(130);
                assertThat(processor.output()).contains("the processor has stopped; everything it booked is committed");
            } finally {
                broker.close();
            }
        }
    }

    @Test
    void stopsWhileItWaits(@TempDir Path directory) throws Exception {
        String address = "localhost:" + StablePort.find();
        try (LedgerCommand processor = process(directory, address)) {
            processor.awaitOutput("waiting for Kafka at " + address + " (");
            assertThat(processor.interrupt()).isEqualTo(130);
            assertThat(processor.errors()).isEmpty();
        }
    }

    private static LedgerCommand process(Path directory, String address) throws Exception {
        return LedgerCommand.start(
                "process", "--http-port", 0, "--bootstrap-server", address, "--state-dir", directory.resolve("state"));
    }

    private static void train(String run, String address) throws Exception {
        PublisherSettings publishing = new PublisherSettings(
                "lossledger.", 64 << 10, PublisherSettings.DEFAULT_PATIENCE, Map.of("bootstrap.servers", address));
        new Trainer(Trainings.of(run, STEPS, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500), publishing)
                .run(step -> {});
    }

    private static void assertBooked(String run, String address) throws Exception {
        try (LedgerCommand tail =
                LedgerCommand.run("tail", "step", "--bootstrap-server", address, "--run", run, "--count", STEPS)) {
            assertThat(tail.lines()).hasSize(STEPS);
        }
    }
}
