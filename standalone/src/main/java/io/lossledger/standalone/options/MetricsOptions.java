package io.lossledger.standalone.options;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a trainer or worker serves metrics and health, if it does. */
@OptionGroup("HTTP")
public final class MetricsOptions {
    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description = "Port that serves metrics and health. 0 takes any free port. Default: none")
    @Nullable
    Integer port;

    @Option(
            names = "--http-host",
            paramLabel = "HOST",
            defaultValue = ListenOptions.DEFAULT_HOST,
            description = "Address to listen on. 0.0.0.0 is every address of this machine. Default: ${DEFAULT-VALUE}")
    public String host = ListenOptions.DEFAULT_HOST;

    /**
     * The port, if one is given.
     *
     * @throws io.lossledger.standalone.terminal.UserException when it is none
     */
    public Optional<Integer> port() {
        return Optional.ofNullable(port).map(given -> ListenAddress.requirePort("--http-port", given));
    }
}
