package io.lossledger.standalone.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.lossledger.standalone.http.Instances.Answer;
import io.lossledger.streams.queries.NotReadyException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InstancesTest {
    private final Instances instances = new Instances();

    @Test
    void asksWithTheMarkOfAHopAndReturnsWhatItIsTold() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/runs", exchange -> {
            byte[] body = ("hop " + exchange.getRequestHeaders().getFirst("LossLedger-Hop") + " "
                            + exchange.getRequestURI())
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        other.start();
        try {
            assertThat(instances.get("127.0.0.1:" + other.getAddress().getPort(), "/runs/a/layers"))
                    .isEqualTo(new Answer(404, "hop 1 /runs/a/layers"));
        } finally {
            other.stop(0);
        }
    }

    @Test
    void namesAnInstanceThatDoesNotAnswer() throws Exception {
        String address;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + free.getLocalPort();
        }

        assertThatThrownBy(() -> instances.get(address, "/runs"))
                .isInstanceOf(NotReadyException.class)
                .hasMessageStartingWith("the processor at " + address + " cannot be reached: ConnectException");
    }
}
