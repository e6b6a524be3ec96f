package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageAccessTest {
    /** A site whose name resolves to this machine must not read what the page shows. */
    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "127.0.0.1:8080, 200",
        "[::1]:80, 200",
        "ml.example.com:443, 200",
        "evil.example.com, 403",
        "localhost.evil.com, 403",
        "127.0.0.1.evil.com, 403"
    })
    void answersToNamesOfThisMachineAndThoseAllowed(String host, int status) throws Exception {
        LiveSettings settings = LiveSettings.of("127.0.0.1", 0, "", 0.01, Map.of("bootstrap.servers", "127.0.0.1:1"));
        PageAccess access = new PageAccess(List.of("ML.example.com"), List.of("http://localhost:8888"));
        try (LiveServer server = new LiveServer(settings.withAccess(access));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 " + status).contains("frame-ancestors http://localhost:8888");
        }
    }

    @ParameterizedTest
    @CsvSource({"a b, http://a", "a:80, http://a", "a, a", "a, http://a/b", "a, http://a; script-src *"})
    void refusesNamesAndOriginsThatAreNone(String host, String frame) {
        assertThatThrownBy(() -> new PageAccess(List.of(host), List.of(frame)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(": must be ");
    }
}
