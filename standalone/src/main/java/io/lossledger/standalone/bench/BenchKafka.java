package io.lossledger.standalone.bench;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.topology.ProcessorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A Kafka of a benchmark's own on this machine, with the topics; deleted when it is closed. */
final class BenchKafka implements AutoCloseable {
    private final Path directory;
    private final EmbeddedBroker broker;

    private BenchKafka(Path directory, EmbeddedBroker broker) {
        this.directory = directory;
        this.broker = broker;
    }

    /** @param port port on loopback; 0 for any that is free */
    static BenchKafka start(int port, TopicSettings topics)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Path directory = Files.createTempDirectory("lossledger-bench");
        BenchKafka kafka = new BenchKafka(directory, EmbeddedBroker.start(port, directory));
        try (Admin admin = Admin.create(kafka.clientConfig())) {
            TopicCreator.createMissing(admin, topics);
        }
        return kafka;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    Map<String, Object> clientConfig() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** A processor as the command would run it, with its own name and state. */
    ProcessorSettings processor(String applicationId, TopicSettings topics, int threads, Map<String, String> kafka) {
        return new ProcessorSettings(
                bootstrapServers(),
                applicationId,
                topics,
                RowFormat.JSON,
                ResultSettings.DEFAULT,
                threads,
                stateDirectory(),
                kafka);
    }

    Path stateDirectory() {
        return directory.resolve("streams");
    }

    @Override
    public void close() throws IOException {
        broker.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
