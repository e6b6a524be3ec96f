package io.lossledger.tests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks a processor's HTTP as any client would. */
final class Http {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final String base;

    Http(int port) {
        base = "http://127.0.0.1:" + port;
    }

    /** The HTTP of a command that says where it serves. */
    static Http of(LedgerCommand process) throws InterruptedException {
        process.awaitOutput("other processors reach it at ");
        String line = process.lines().get(0);
        return new Http(Integer.parseInt(line.replaceAll(".*serves http://[^:]+:(\\d+) .*", "$1")));
    }

    record Answer(int status, String type, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String error() {
            return json().get("error").getAsString();
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return get(path, null);
    }

    Answer get(String path, @Nullable String header) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        if (header != null) {
            request.header(header, "1");
        }
        var response = CLIENT.send(request.build(), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                response.body());
    }

    /** Asks again until the answer is as wanted. */
    Answer await(String path, Predicate<Answer> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Answer answer = get(path);
        while (!wanted.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(path + " stayed at " + answer);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = get(path);
        }
        return answer;
    }
}
