package io.lossledger.standalone.options;

import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the embedded broker listens and keeps its records. */
public final class BrokerOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + EmbeddedBroker.DEFAULT_PORT,
            description = "Port of the embedded Kafka on localhost. Default: ${DEFAULT-VALUE}")
    public int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data",
            description = "Folder of the embedded Kafka's records; they are kept. Default: ${DEFAULT-VALUE}")
    public Path dataDir = Path.of("lossledger-data");
}
