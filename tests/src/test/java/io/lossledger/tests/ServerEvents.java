package io.lossledger.tests;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Server-sent events of the live page. */
final class ServerEvents {
    private static final long PATIENCE_SECONDS = 90;

    private ServerEvents() {}

    /** Connects again and again until the first such event is as wanted: it tells all that is known by then. */
    static JsonObject await(String address, String event, Predicate<JsonObject> wanted) throws Exception {
        CompletableFuture<JsonObject> found = new CompletableFuture<>();
        Thread reading = new Thread(() -> read(address, event, wanted, found), "server-events");
        reading.setDaemon(true);
        reading.start();
        try {
            return found.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("No such " + event + " at " + address, e);
        } finally {
            found.cancel(true);
            reading.interrupt();
        }
    }

    private static void read(
            String address, String event, Predicate<JsonObject> wanted, CompletableFuture<JsonObject> found) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        try {
            while (!found.isDone()) {
                HttpResponse<Stream<String>> answer = client.send(request, HttpResponse.BodyHandlers.ofLines());
                try (Stream<String> lines = answer.body()) {
                    if (answer.statusCode() == 200) {
                        JsonObject first = first(lines.iterator(), event);
                        if (wanted.test(first)) {
                            found.complete(first);
                        }
                    }
                }
            }
        } catch (Exception e) {
            found.completeExceptionally(e);
        }
    }

    private static JsonObject first(Iterator<String> lines, String event) {
        String last = "";
        while (true) {
            String line = lines.next();
            if (line.startsWith("event: ")) {
                last = line.substring("event: ".length());
            } else if (line.startsWith("data: ") && last.equals(event)) {
                return JsonParser.parseString(line.substring("data: ".length())).getAsJsonObject();
            }
        }
    }
}
