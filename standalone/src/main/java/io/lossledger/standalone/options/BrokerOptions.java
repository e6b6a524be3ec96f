package io.lossledger.standalone.options;

import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the embedded broker listens and keeps its records. */
@OptionGroup("Embedded Kafka")
public final class BrokerOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + EmbeddedBroker.DEFAULT_PORT,
            description = "Port on localhost where the embedded Kafka listens. 0 takes any free port."
                    + " Default: ${DEFAULT-VALUE}")
    public int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "lossledger-data",
            description = "Folder where the embedded Kafka keeps its records. Default: ${DEFAULT-VALUE}")
    public Path dataDir = Path.of("lossledger-data");
}
