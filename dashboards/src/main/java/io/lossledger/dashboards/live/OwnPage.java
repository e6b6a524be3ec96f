package io.lossledger.dashboards.live;

import io.javalin.http.Context;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that another web site makes a browser send. Before a browser sends the header to another site, it asks the
 * server for permission, and never gets it. The name of the host reveals a site whose name resolves to this machine. Stateless.
 */
final class OwnPage {
    private static final String HEADER = "X-LossLedger";
    /** Names are not resolved, because whoever owns a name decides what it points to. */
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private OwnPage() {}

    /** @throws RequestException unless the request comes from this page, or from a program on this machine */
    static void require(Context context) throws RequestException {
        require("1".equals(context.header(HEADER)), HEADER, "must be 1", context.header(HEADER));
        @Nullable String host = context.header("Host");
        require(host != null && isLoopback(host), "Host", "must be localhost or a loopback address", host);
        @Nullable String origin = context.header("Origin");
        require(
                origin == null || origin.equalsIgnoreCase("http://" + host),
                "Origin",
                "must be the address of this page",
                origin);
    }

    /** Whether a Host header names this machine, with or without a port. */
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private static void require(boolean holds, String header, String rule, @Nullable String found)
            throws RequestException {
        if (!holds) {
            throw new RequestException(
                    RequestException.FORBIDDEN, header + ": " + rule + ". Found: " + (found == null ? "none" : found));
        }
    }
}
