package io.lossledger.standalone.http;

import io.lossledger.streams.queries.NotReadyException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks other processors for their runs. One hop only: a processor that is asked this way asks no others. Thread-safe. */
final class Instances {
    /** Marks a request of another processor. */
    static final String HOP_HEADER = "LossLedger-Hop";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    /** Status and body of an answer. */
    record Answer(int status, String body) {}

    /** @throws NotReadyException when the instance does not answer, naming it */
    Answer get(String address, String path) throws NotReadyException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(ANSWER_TIMEOUT)
                .header(HOP_HEADER, "1")
                .build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new NotReadyException("the processor at " + address + " cannot be reached: "
                    + e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
        }
    }
}
