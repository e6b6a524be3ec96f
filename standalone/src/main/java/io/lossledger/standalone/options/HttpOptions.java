package io.lossledger.standalone.options;

import io.lossledger.standalone.terminal.UserException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a processor serves HTTP, and where others find it. */
@OptionGroup("HTTP")
public final class HttpOptions {
    @Mixin
    public ListenOptions listen = new ListenOptions();

    @Option(
            names = "--advertised-http",
            paramLabel = "HOST:PORT",
            description = "Address where other processors reach this one. Needed when they run on other machines."
                    + " Default: the address it listens on")
    @Nullable
    String advertised;

    /** The address that other instances receive, once the port is known. */
    public String advertised(int boundPort) {
        if (advertised == null) {
            return listen.host + ":" + boundPort;
        }
        if (!advertised.matches("[A-Za-z0-9._-]+:[0-9]{1,5}|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}")) {
            throw new UserException("--advertised-http: must be host:port. Found: " + advertised);
        }
        return advertised;
    }
}
