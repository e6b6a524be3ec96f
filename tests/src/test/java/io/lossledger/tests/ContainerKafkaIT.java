package io.lossledger.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * On a Kafka in a container: the image {@code lossledger.kafka.image}. Skipped where Docker is missing, but fails where
 * {@code lossledger.docker.required} is {@code true}.
 */
class ContainerKafkaIT extends KafkaContract {
    private static final DockerImageName IMAGE = DockerImageName.parse(
                    System.getProperty("lossledger.kafka.image", "apache/kafka:4.3.1"))
            .asCompatibleSubstituteFor("apache/kafka");

    private final KafkaContainer kafka = new KafkaContainer(IMAGE);

    @Override
    RunningLedger startLedger(Path directory) throws Exception {
        requireDocker();
        DockerImages.await(IMAGE.asCanonicalNameString());
        kafka.start();
        return RunningLedger.at(kafka.getBootstrapServers(), directory);
    }

    @AfterAll
    void stopContainer() {
        kafka.stop();
    }

    private static void requireDocker() {
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return;
        }
        if (Boolean.getBoolean("lossledger.docker.required")) {
            throw new AssertionError("lossledger.docker.required: Docker must be reachable. Found: none");
        }
        assumeTrue(false, "needs Docker, which is not reachable");
    }
}
