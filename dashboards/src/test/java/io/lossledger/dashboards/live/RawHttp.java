package io.lossledger.dashboards.live;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Requests with headers that Java's client sets itself. */
final class RawHttp {
    private RawHttp() {}

    /** An answer without its headers. */
    record Answer(int status, String body) {}

    /** @param request its first line and its headers */
    static Answer send(int port, String... request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
            String lines = String.join("\r\n", request) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(
                    Integer.parseInt(text.substring(text.indexOf(' ') + 1, text.indexOf(' ') + 4)),
                    text.substring(text.indexOf("\r\n\r\n") + 4));
        }
    }
}
