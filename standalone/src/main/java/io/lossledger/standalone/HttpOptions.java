package io.lossledger.standalone;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the processor serves HTTP. */
final class HttpOptions {
    static final int DEFAULT_PORT = 9404;
    private static final int MOST_PORT = 65_535;
    private static final String DEFAULT_HOST = "127.0.0.1";

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "" + DEFAULT_PORT,
            description = "Port for health, metrics and runs; 0: any that is free. Default: ${DEFAULT-VALUE}")
    int port = DEFAULT_PORT;

    @Option(
            names = "--http-host",
            paramLabel = "HOST",
            defaultValue = DEFAULT_HOST,
            description = "Address to listen on; 0.0.0.0: all of this machine. Default: ${DEFAULT-VALUE}")
    String host = DEFAULT_HOST;

    @Option(
            names = "--advertised-http",
            paramLabel = "HOST:PORT",
            description = "Where the other processors reach this one's HTTP; needed when they run on other machines."
                    + " Default: the address it listens on.")
    @Nullable
    String advertised;

    /** @throws UserException when the port is none */
    int port() {
        if (port < 0 || port > MOST_PORT) {
            throw new UserException("--http-port: must be from 0 to " + MOST_PORT + ". Found: " + port);
        }
        return port;
    }

    /** What other instances are told, once the port is known. */
    String advertised(int boundPort) {
        if (advertised == null) {
            return host + ":" + boundPort;
        }
        if (!advertised.matches("[A-Za-z0-9._-]+:[0-9]{1,5}|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}")) {
            throw new UserException("--advertised-http: must be host:port. Found: " + advertised);
        }
        return advertised;
    }
}
