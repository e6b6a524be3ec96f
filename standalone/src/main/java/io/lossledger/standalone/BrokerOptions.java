package io.lossledger.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the embedded broker listens and keeps its records. */
@OptionGroup("Embedded Kafka")
final class BrokerOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + EmbeddedBroker.DEFAULT_PORT,
            description = "Port on localhost where the embedded Kafka listens. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data",
            description = "Folder where the embedded Kafka keeps its records. Default: ${DEFAULT-VALUE}")
    Path dataDir = Path.of("lossledger-data");
}
