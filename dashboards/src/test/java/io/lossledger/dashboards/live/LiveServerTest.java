package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On loopback, next to an unreachable Kafka. */
class LiveServerTest {
    private static final int MOST_CLIENTS = 50;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private LiveServer server;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer(new LiveSettings(
                "127.0.0.1",
                0,
                "lossledger.",
                MOST_CLIENTS,
                4,
                Duration.ofSeconds(1),
                0.01,
                PageAccess.DEFAULT,
                Map.of("bootstrap.servers", "127.0.0.1:1")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesThePageAndAllItsFiles() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).contains("text/html;charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self';")
                .doesNotContain("unsafe", "http");
        assertThat(page.body()).doesNotContain("http:", "https:", "<script>", "style=", "onclick");

        List<String> open =
                new ArrayList<>(List.of("/main.js", "/uplot.js", "/live.css", "/uplot.css", "/favicon.svg"));
        List<String> read = new ArrayList<>();
        while (!open.isEmpty()) { // every import has its file
            String path = open.remove(0);
            HttpResponse<String> file = get(path);
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            read.add(path);
            Matcher imports = Pattern.compile("from '\\.(/[a-z]+\\.js)'").matcher(file.body());
            while (imports.find()) {
                if (!read.contains(imports.group(1)) && !open.contains(imports.group(1))) {
                    open.add(imports.group(1));
                }
            }
        }
        assertThat(read).contains("/uplot.js", "/panel.js", "/keys.js").hasSizeGreaterThan(14);
    }

    @Test
    void servesAFileWhosePathEndsWithASlash() throws Exception {
        assertThat(get("/main.js/").body()).isEqualTo(get("/main.js").body());
    }

    @Test
    void answersNotModifiedForACachedFile() throws Exception {
        String tag = get("/main.js").headers().firstValue("etag").orElseThrow();
        HttpRequest again = request("/main.js").header("If-None-Match", tag).build();

        assertThat(CLIENT.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/live/main.js", "/api", "/../pom.xml", "/%2e%2e/pom.xml"})
    void hasNoOtherFiles(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isIn(400, 404);
    }

    @Test
    void namesWhatDoesNotExist() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(error(get("/nothing"))).isEqualTo("there is no /nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%3Cscript%3E", "a%20b", "a%7Cb"})
    void refusesAMalformedRun(String run) throws Exception {
        for (String path : List.of("/api/runs/" + run, "/api/runs/" + run + "/stream")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
            assertThat(error(answer)).startsWith("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: ");
        }
    }

    @Test
    void doesNotKnowTheRunsWhileKafkaIsUnreachable() throws Exception {
        for (String path : List.of("/api/runs", "/api/runs/a", "/api/runs/a/stream")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(error(answer)).startsWith("Kafka at 127.0.0.1:").endsWith("; the runs are not known yet");
        }
    }

    @Test
    void reportsThatKafkaIsUnreachable() throws Exception {
        try (Socket socket = stream()) {
            String text = readUntil(socket, "\"kafka\":\"away\"");
            assertThat(text)
                    .startsWith("HTTP/1.1 200")
                    .contains("text/event-stream", "event: state", "does not answer");
        }
    }

    @Test
    void refusesMoreClientsThanAllowed() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < MOST_CLIENTS; i++) {
                sockets.add(stream());
            }
            awaitWatching(MOST_CLIENTS);
            HttpResponse<String> answer = get("/api/stream");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(error(answer)).isEqualTo("live.max-clients: at most 50 may watch at a time; try again later");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aThousandClientsConnectAndLeave() throws Exception {
        for (int round = 0; round < 1_000 / MOST_CLIENTS; round++) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < MOST_CLIENTS; i++) {
                sockets.add(stream());
            }
            awaitWatching(MOST_CLIENTS);
            for (Socket socket : sockets) {
                socket.setSoLinger(true, 0); // as a machine that is switched off
                socket.close();
            }
            awaitWatching(0);
        }
        try (Socket socket = stream()) {
            assertThat(readUntil(socket, "event: state")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void reportsThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> new LiveServer(LiveSettings.of(
                            "127.0.0.1", taken.getLocalPort(), "", 0.01, Map.of("bootstrap.servers", "127.0.0.1:1"))))
                    .hasRootCauseInstanceOf(BindException.class);
        }
    }

    /** A page without actions, and one that listens on loopback with them. */
    @Test
    void hasNoRequestsThatChangeARunUnlessActionsAreGiven() throws Exception {
        String[][] requests = {{"POST", "/api/runs/a/end"}, {"DELETE", "/api/runs/a"}};
        for (String[] request : requests) {
            assertThat(send(server, request))
                    .isEqualTo(new RawHttp.Answer(404, "{\"error\":\"there is no " + request[1] + "\"}"));
        }
        LiveSettings settings = LiveSettings.of("127.0.0.1", 0, "", 0.01, Map.of("bootstrap.servers", "127.0.0.1:1"));
        try (LiveServer offering = new LiveServer(settings, Optional.of(new NoRuns()))) {
            for (String[] request : requests) {
                assertThat(send(offering, request).status()).isEqualTo(503);
            }
        }
    }

    private static RawHttp.Answer send(LiveServer server, String[] request) throws IOException {
        return RawHttp.send(
                server.port(), request[0] + " " + request[1] + " HTTP/1.1", "Host: localhost", "X-LossLedger: 1");
    }

    /** Actions that are never called, because no run is known. */
    private static final class NoRuns implements RunActions {
        @Override
        public String end(String run) {
            throw new AssertionError(run);
        }

        @Override
        public String delete(String run) {
            throw new AssertionError(run);
        }
    }

    private Socket stream() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
        socket.getOutputStream()
                .write("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String readUntil(Socket socket, String wanted) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4_096];
        while (text.indexOf(wanted) < 0) {
            int count = in.read(buffer);
            if (count < 0) {
                throw new AssertionError("The stream ended without '" + wanted + "': " + text);
            }
            text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private void awaitWatching(int clients) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (server.watching() != clients) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(server.watching() + " watch instead of " + clients);
            }
            Thread.onSpinWait();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path).build(), BodyHandlers.ofString());
    }

    private static String error(HttpResponse<String> answer) {
        return JsonParser.parseString(answer.body())
                .getAsJsonObject()
                .get("error")
                .getAsString();
    }
}
