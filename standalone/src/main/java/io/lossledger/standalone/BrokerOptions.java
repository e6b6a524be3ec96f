package io.lossledger.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the embedded broker listens and keeps its records. */
final class BrokerOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + EmbeddedBroker.DEFAULT_PORT,
            description = "Port of the embedded Kafka on localhost. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data",
            description = "Folder of the embedded Kafka's records; they are kept. Default: ${DEFAULT-VALUE}")
    Path dataDir = Path.of("lossledger-data");
}
