package io.lossledger.dashboards.live;

import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Under which names the page may be opened, and which sites may show it in a frame. A page that only this machine reaches answers to
 * names of this machine alone: otherwise a site whose name resolves to it could read everything in a visitor's browser. Immutable.
 *
 * @param hosts more names, such as that of a proxy, without a port
 * @param frames origins of sites that may show the page in a frame, such as {@code http://localhost:8888}
 */
public record PageAccess(List<String> hosts, List<String> frames) {
    /** Names of this machine, and no frame. */
    public static final PageAccess DEFAULT = new PageAccess(List.of(), List.of());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]{1,253}");
    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:\\d{1,5})?");
    private static final Pattern HOST = Pattern.compile("(.*?)(:\\d{1,5})?");

    /** @throws IllegalArgumentException when a name or an origin is not one; the message says which */
    public PageAccess {
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        frames = List.copyOf(frames);
        first(hosts, NAME).ifPresent(host -> {
            throw new IllegalArgumentException("live.allow-host: must be names without a port. Found: " + host);
        });
        first(frames, ORIGIN).ifPresent(frame -> {
            throw new IllegalArgumentException(
                    "live.allow-frame-from: must be origins such as http://localhost:8888. Found: " + frame);
        });
    }

    private static Optional<String> first(List<String> values, Pattern rule) {
        return values.stream().filter(value -> !rule.matcher(value).matches()).findFirst();
    }

    /**
     * Checks the name under which a browser has opened the page.
     *
     * @throws RequestException when it is not allowed
     */
    void require(Context context) throws RequestException {
        @Nullable String host = context.header("Host");
        if (host != null && (OwnPage.isLoopback(host) || hosts.contains(name(host)))) {
            return;
        }
        throw new RequestException(
                RequestException.FORBIDDEN,
                "Host: must be a name of this machine, or one that --allow-host names. Found: "
                        + (host == null ? "none" : host));
    }

    /** The sources of {@code frame-ancestors} in a content security policy. */
    String ancestors() {
        return frames.isEmpty() ? "'none'" : String.join(" ", frames);
    }

    private static String name(String host) {
        Matcher parts = HOST.matcher(host);
        return parts.matches() ? parts.group(1).toLowerCase(Locale.ROOT) : host;
    }
}
