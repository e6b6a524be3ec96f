package io.lossledger.tests;

import io.lossledger.producer.publish.PublisherSettings;
import java.util.Map;

/** A user's training that goes on until something ends its JVM. */
final class EndlessTraining {
    private EndlessTraining() {}

    /** @param args address of Kafka, prefix of the topics, run id */
    public static void main(String[] args) {
        LinearNetwork.train(
                args[2],
                Integer.MAX_VALUE,
                new PublisherSettings(
                        args[1],
                        PublisherSettings.DEFAULT_CHUNK_BYTES,
                        PublisherSettings.DEFAULT_PATIENCE,
                        Map.of("bootstrap.servers", args[0])));
    }
}
