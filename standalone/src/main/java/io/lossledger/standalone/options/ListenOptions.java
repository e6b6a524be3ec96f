package io.lossledger.standalone.options;

import io.lossledger.standalone.terminal.UserException;
import picocli.CommandLine.Option;

/** Where a processor serves HTTP. */
@OptionGroup("HTTP")
public final class ListenOptions {
    static final int DEFAULT_PORT = 9404;
    public static final String DEFAULT_HOST = "127.0.0.1";

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + DEFAULT_PORT,
            description = "Port that serves health, metrics and runs. 0 takes any free port. Default: ${DEFAULT-VALUE}")
    int port = DEFAULT_PORT;

    @Option(
            names = "--http-host",
            paramLabel = "HOST",
            defaultValue = DEFAULT_HOST,
            description = "Address to listen on. 0.0.0.0 is every address of this machine. Default: ${DEFAULT-VALUE}")
    public String host = DEFAULT_HOST;

    /** @throws UserException when the port is none */
    public int port() {
        return ListenAddress.requirePort("--http-port", port);
    }
}
