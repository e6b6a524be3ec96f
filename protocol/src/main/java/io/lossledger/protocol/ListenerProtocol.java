package io.lossledger.protocol;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a listener of Kafka and a client agree on TLS. A client without TLS takes the alert with which a listener with TLS
 * answers for the length of a message, and waits, or runs out of memory; a client with TLS only waits. Stateless.
 */
public final class ListenerProtocol {
    private static final Logger log = LoggerFactory.getLogger(ListenerProtocol.class);
    private static final int ANSWER_MILLIS = 3_000;
    /** The content type of an alert of TLS; a message of Kafka that began with it would be 352 MB long. */
    private static final int TLS_ALERT = 0x15;

    private static final short API_VERSIONS = 18;
    private static final short NO_CLIENT_ID = -1;

    private ListenerProtocol() {}

    /**
     * Checks the first address that answers, if the client does not use TLS. If it does, its own handshake tells: a broker logs
     * every client that it does not understand.
     *
     * @param kafka settings of a client, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when the client does not use TLS, but the listener expects it
     */
    public static void require(Map<String, Object> kafka) {
        if (!usesTls(protocol(kafka))) {
            mismatch(kafka).ifPresent(message -> {
                throw new IllegalArgumentException(message);
            });
        }
    }

    /** One sentence if one of client and listener uses TLS and the other does not. */
    public static Optional<String> mismatch(Map<String, Object> kafka) {
        String protocol = protocol(kafka);
        boolean asksPassword = protocol.startsWith("SASL");
        for (InetSocketAddress address : addresses(kafka)) {
            Optional<Boolean> expectsTls = expectsTls(address);
            if (expectsTls.isPresent()) {
                boolean expected = expectsTls.get();
                String fitting = expected ? "SASL_SSL" : "SASL_PLAINTEXT";
                String open = expected ? "SSL or " : "PLAINTEXT or ";
                return expected == usesTls(protocol)
                        ? Optional.empty()
                        : Optional.of(
                                "security.protocol: must be " + (asksPassword ? "" : open) + fitting + ", because "
                                        + address.getHostString() + ":" + address.getPort()
                                        + (expected ? " expects TLS" : " does not use TLS") + ". Found: " + protocol);
            }
        }
        return Optional.empty();
    }

    private static String protocol(Map<String, Object> kafka) {
        Object chosen = kafka.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
        return String.valueOf(chosen == null ? CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL : chosen)
                .toUpperCase(Locale.ROOT);
    }

    private static boolean usesTls(String protocol) {
        return protocol.endsWith("SSL");
    }

    private static List<InetSocketAddress> addresses(Map<String, Object> kafka) {
        String servers = String.valueOf(kafka.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
        try {
            return ClientUtils.parseAndValidateAddresses(List.of(servers.split("\\s*,\\s*", -1)), "use_all_dns_ips");
        } catch (ConfigException e) { // Kafka's client reports it
            log.debug("No address to ask", e);
            return List.of();
        }
    }

    /** Empty if nobody answers. */
    private static Optional<Boolean> expectsTls(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(request());
            socket.getOutputStream().flush();
            int first = socket.getInputStream().read();
            return first < 0 ? Optional.empty() : Optional.of(first == TLS_ALERT);
        } catch (IOException e) {
            log.debug("{} does not answer", address, e);
            return Optional.empty();
        }
    }

    /** The request for the versions of the broker, which every listener without TLS answers. */
    private static byte[] request() {
        int bytes = 3 * Short.BYTES + Integer.BYTES;
        return ByteBuffer.allocate(Integer.BYTES + bytes)
                .putInt(bytes)
                .putShort(API_VERSIONS)
                .putShort((short) 0)
                .putInt(0)
                .putShort(NO_CLIENT_ID)
                .array();
    }
}
