package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.lossledger.dashboards.live.RawHttp.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On loopback, with a list of runs that has {@code a} and {@code busy} alone. */
class RunEditsTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final List<String> KNOWN = List.of("a", "busy");

    private final RecordingActions actions = new RecordingActions();
    private RunEdits edits;
    private Javalin server;

    @BeforeEach
    void start() {
        start(LONG);
    }

    @AfterEach
    void stop() {
        edits.close();
        server.stop();
    }

    @Test
    void callsTheActionOnceAndReturnsWhatWasDone() throws Exception {
        assertThat(send("POST /api/runs/a/end")).isEqualTo(new Answer(200, "{\"done\":\"ended a\"}"));
        assertThat(send("DELETE /api/runs/a")).isEqualTo(new Answer(200, "{\"done\":\"deleted a\"}"));
        assertThat(actions.called).containsExactly("end a", "delete a");
    }

    @Test
    void acceptsTheOriginOfThePage() throws Exception {
        for (String host : List.of("localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST")) {
            Answer answer = RawHttp.send(
                    server.port(),
                    "POST /api/runs/a/end HTTP/1.1",
                    "Host: " + host,
                    "Origin: http://" + host,
                    "X-LossLedger: 1");
            assertThat(answer.status()).as(host).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            localhost:8080         |                          |   | X-LossLedger: must be 1. Found: none
            localhost:8080         | http://localhost:8080    | 0 | X-LossLedger: must be 1. Found: 0
            localhost:8080         | http://evil.example      | 1 | Origin: must be the address of this page. Found: http://evil.example
            localhost:8080         | http://localhost:3000    | 1 | Origin: must be the address of this page. Found: http://localhost:3000
            localhost:8080         | null                     | 1 | Origin: must be the address of this page. Found: null
            evil.example:8080      | http://evil.example:8080 | 1 | Host: must be localhost or a loopback address. Found: evil.example:8080
            localhost.evil.example |                          | 1 | Host: must be localhost or a loopback address. Found: localhost.evil.example
            127.0.0.1.evil.example |                          | 1 | Host: must be localhost or a loopback address. Found: 127.0.0.1.evil.example
            """)
    void refusesWhatAnotherSiteMaySend(String host, @Nullable String origin, @Nullable String header, String error)
            throws Exception {
        for (String line : List.of("POST /api/runs/a/end HTTP/1.1", "DELETE /api/runs/a HTTP/1.1")) {
            Answer answer = RawHttp.send(
                    server.port(),
                    line,
                    "Host: " + host,
                    origin == null ? "X-None: 1" : "Origin: " + origin,
                    header == null ? "X-None: 1" : "X-LossLedger: " + header);
            assertThat(answer).isEqualTo(new Answer(403, "{\"error\":\"" + error + "\"}"));
        }
        assertThat(actions.called).isEmpty();
    }

    /** The browser's question whether another site may send the header. */
    @Test
    void doesNotAllowAnotherSiteToAsk() throws Exception {
        Answer answer = RawHttp.send(
                server.port(),
                "OPTIONS /api/runs/a HTTP/1.1",
                "Host: localhost",
                "Origin: http://evil.example",
                "Access-Control-Request-Method: DELETE",
                "Access-Control-Request-Headers: x-lossledger");
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void namesARunThatDoesNotExist() throws Exception {
        assertThat(send("DELETE /api/runs/b")).isEqualTo(new Answer(404, "{\"error\":\"there is no run b\"}"));
        assertThat(actions.called).isEmpty();
    }

    @Test
    void saysWhyAnActionWasRefusedOrFailed() throws Exception {
        actions.failure = Optional.of(new RefusedActionException("run: must be running. Found: a is finished"));
        assertThat(send("POST /api/runs/a/end"))
                .isEqualTo(new Answer(409, "{\"error\":\"run: must be running. Found: a is finished\"}"));
        actions.failure = Optional.of(new IllegalStateException("Kafka does not answer"));
        assertThat(send("POST /api/runs/a/end"))
                .isEqualTo(
                        new Answer(503, "{\"error\":\"run a could not be ended or deleted: Kafka does not answer\"}"));
        actions.failure = Optional.empty();
        assertThat(send("POST /api/runs/a/end").status()).isEqualTo(200);
    }

    @Test
    void doesOneThingAtATimeToARun() throws Exception {
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> send("POST /api/runs/busy/end"));
        assertThat(actions.entered.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(send("DELETE /api/runs/busy"))
                .isEqualTo(
                        new Answer(409, "{\"error\":\"run busy is already being ended or deleted; try again later\"}"));
        assertThat(send("DELETE /api/runs/a").status()).isEqualTo(200);
        actions.release.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(send("DELETE /api/runs/busy").status()).isEqualTo(200);
    }

    @Test
    void answersThoughAnActionDoesNotEnd() throws Exception {
        stop();
        start(Duration.ofMillis(10));
        assertThat(send("POST /api/runs/busy/end"))
                .isEqualTo(new Answer(
                        503, "{\"error\":\"run busy is not ended or deleted after 0 s; the page shows when it is\"}"));
        assertThat(send("DELETE /api/runs/busy").status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1", " "})
    void offersNothingWhereOtherMachinesConnect(String host) {
        assertThat(RunEdits.offered(host, Optional.of(actions), LONG)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
    void offersWhatItIsGivenOnLoopback(String host) {
        assertThat(RunEdits.offered(host, Optional.empty(), LONG)).isEmpty();
        RunEdits.offered(host, Optional.of(actions), LONG).orElseThrow().close();
    }

    private void start(Duration patience) {
        edits = RunEdits.offered("127.0.0.1", Optional.of(actions), patience).orElseThrow();
        server = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    edits.register(config, context -> {
                        String run = context.pathParam("run");
                        if (!KNOWN.contains(run)) {
                            throw new RequestException(RequestException.NOT_FOUND, "there is no run " + run);
                        }
                        return run;
                    });
                    LiveServer.answerErrors(config);
                })
                .start("127.0.0.1", 0);
    }

    private Answer send(String line) {
        try {
            return RawHttp.send(server.port(), line + " HTTP/1.1", "Host: localhost", "X-LossLedger: 1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Keeps what it was asked for; the first action on {@code busy} waits until it is released. */
    private static final class RecordingActions implements RunActions {
        final List<String> called = new CopyOnWriteArrayList<>();
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        volatile Optional<Exception> failure = Optional.empty();

        @Override
        public String end(String run) throws RefusedActionException, InterruptedException {
            return act("end", "ended", run);
        }

        @Override
        public String delete(String run) throws RefusedActionException, InterruptedException {
            return act("delete", "deleted", run);
        }

        private String act(String name, String done, String run) throws RefusedActionException, InterruptedException {
            called.add(name + " " + run);
            if (run.equals("busy")) {
                entered.countDown();
                release.await();
            }
            if (failure.orElse(null) instanceof RefusedActionException refused) {
                throw refused;
            }
            if (failure.orElse(null) instanceof RuntimeException fault) {
                throw fault;
            }
            return done + " " + run;
        }
    }
}
