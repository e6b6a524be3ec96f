package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.lossledger.protocol.LedgerTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Kafka that does not let everybody read, and listeners that speak another protocol. */
class RefusedTopicsIT {
    private static final String RUN = "run-1";
    private static final int STEPS = 20;

    @TempDir
    static Path directory;

    private static SecuredBroker broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecuredBroker(directory);
        admin = broker.admin();
        prepare("lossledger.");
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tail layer --no-follow       | layer
            tail window                  | window
            export run-1 --to %s/e       | layer
            report run-1 --to %s/r       | layer
            sql --run run-1 from windows | window
            runs show run-1              | window
            """)
    void commandsNameWhatTheyMayNotRead(String command, String topic) throws Exception {
        Object[] arguments = command.replace("%s", directory.toString()).split(" ", -1);
        if (arguments[0].equals("sql")) { // the question is one word
            arguments = new Object[] {"sql", "--run", "run-1", "from windows"};
        }
        CommandAnswer answer = CommandAnswer.of(words(arguments));
        assertThat(answer.code()).as(answer.err()).isEqualTo(2);
        assertThat(answer.fault())
                .isEqualTo(
                        "lossledger: rights: lossledger " + (arguments[0].equals("runs") ? "runs show" : arguments[0])
                                + " needs READ on topic lossledger." + topic + ". Found: this user has no such right"
                                + " (lossledger rights prints the commands that grant it)");
    }

    @Test
    void aTrainerThatMayOnlySendTrainsAndSaysThatNothingIsVerified() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "sent.");
        for (LedgerTopic topic : LedgerTopic.values()) {
            SecuredBroker.allow(admin, topic.named("sent."), AclOperation.DESCRIBE);
        }
        for (LedgerTopic topic : List.of(LedgerTopic.UPDATE, LedgerTopic.RUN)) {
            SecuredBroker.allow(admin, topic.named("sent."), AclOperation.WRITE);
        }
        SecuredBroker.allow(admin, LedgerTopic.RUN.named("sent."), AclOperation.READ);
        try (LedgerCommand train =
                reading("train", "--topic-prefix", "sent.", "--steps", 3, "--objective-size", 500, "--run", "sent")) {
            assertThat(train.exitCode()).as(train.errors()).isZero();
            assertThat(train.output())
                    .contains("sent: run=sent steps=3 ", "not verified: rights: this user needs READ to read a topic");
        }
    }

    @Test
    void theLivePageSaysWhatItMayNotReadAndShowsTheRest() throws Exception {
        prepare("live.");
        int port = StablePort.find();
        try (LedgerCommand live = reading("live", "--port", port, "--topic-prefix", "live.")) {
            live.awaitOutput("live at ");
            String stream = "http://127.0.0.1:" + port + "/api/runs/" + RUN + "/stream";
            JsonObject whole = ServerEvents.await(
                    stream, "snapshot", told -> told.getAsJsonArray("first").size() == STEPS);
            assertThat(whole.getAsJsonArray("layers")).isEmpty();
            JsonObject state = ServerEvents.await(
                    stream, "state", told -> told.getAsJsonArray("topics").size() == 3);
            assertThat(state.get("kafka").getAsString()).isEqualTo("up");
            assertThat(state.getAsJsonArray("topics"))
                    .allSatisfy(topic -> assertThat(
                                    topic.getAsJsonObject().get("reason").getAsString())
                            .isEqualTo("needs the right READ, which this client does not have"));
            live.awaitOutput("live.layer needs the right READ, which this client does not have");

            for (LedgerTopic topic : new LedgerTopic[] {LedgerTopic.LAYER, LedgerTopic.ALERT, LedgerTopic.WINDOW}) {
                SecuredBroker.allow(admin, topic.named("live."), AclOperation.READ);
            }
            live.awaitOutput("live.layer can be read again");
            ServerEvents.await(
                    stream, "state", told -> told.getAsJsonArray("topics").isEmpty());
            ServerEvents.await(
                    stream, "snapshot", told -> !told.getAsJsonArray("layers").isEmpty());
            assertThat(live.output().lines().filter(line -> line.contains("live.layer needs")))
                    .hasSize(1);
        }
    }

    @Test
    void runsAreListedWithoutTheirResults() throws Exception {
        prepare("listed.");
        try (LedgerCommand list = reading("runs", "list", "--topic-prefix", "listed.")) {
            assertThat(list.exitCode()).as(list.errors()).isZero();
            assertThat(list.lines().get(1)).startsWith(RUN + " ").contains("  –  ");
            assertThat(list.errors())
                    .contains("lossledger: results are not shown, because listed.window cannot be read: ");
        }
    }

    /** Nobody waits for ever, or runs out of memory, where client and listener do not fit together. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PLAINTEXT      | tls       | security.protocol: must be SSL or SASL_SSL, because localhost:%d expects TLS. Found: PLAINTEXT
            SASL_PLAINTEXT | asked     | security.protocol: must be SASL_SSL, because localhost:%d expects TLS. Found: SASL_PLAINTEXT
            SSL            | open      | security.protocol: must be PLAINTEXT or SASL_PLAINTEXT, because localhost:%d does not use TLS. Found: SSL
            SASL_SSL       | password  | --kafka-config: must hold the credentials of a user that Kafka knows. Found:
            SASL_SSL       | trust     | ssl.truststore.location in --kafka-config: must hold the certificate of the broker, or of its authority. Found:
            SASL_SSL       | name      | --bootstrap-server: must be a name that is in the certificate of the broker. Found: No subject alternative names
            SASL_SSL       | file      | --kafka-config: must hold settings with which Kafka's clients can start. Found:
            """)
    void commandsSayWhyTheyCannotConnect(String protocol, String fault, String message) throws Exception {
        int port = fault.equals("tls") ? broker.encrypted() : fault.equals("open") ? broker.open() : broker.asked();
        Path config = broker.config(
                fault,
                protocol,
                port,
                fault.equals("password") ? "wrong" : SecuredBroker.PASSWORD,
                fault.equals("trust")
                        ? broker.foreignKeys()
                        : fault.equals("file") ? directory.resolve("none.p12") : broker.keys());
        List<Object> connection = new ArrayList<>(List.of("--kafka-config", config));
        if (fault.equals("name")) {
            connection.addAll(List.of("--bootstrap-server", "127.0.0.1:" + port));
        }
        List<List<?>> roles = fault.equals("tls")
                ? List.of(
                        List.of("process", "--http-port", 0, "--state-dir", directory.resolve("state")),
                        List.of("live", "--port", 0),
                        List.of("train", "--steps", 1, "--objective-size", 500))
                : List.of(List.of("runs", "list"));
        for (List<?> role : roles) {
            List<Object> words = new ArrayList<>(role);
            words.addAll(connection);
            CommandAnswer answer = CommandAnswer.of(words);
            assertThat(answer.code()).as(role + answer.err()).isEqualTo(2);
            assertThat(answer.fault()).startsWith("lossledger: " + message.formatted(port));
        }
    }

    /** A run in topics of which {@code layer} and {@code alert} may be seen but not read, {@code window} not even seen. */
    private static void prepare(String prefix) throws Exception {
        Processing.createTopics(broker.bootstrapServers(), prefix);
        for (LedgerTopic topic : LedgerTopic.values()) {
            boolean kept = topic == LedgerTopic.LAYER || topic == LedgerTopic.ALERT;
            if (topic != LedgerTopic.WINDOW) {
                SecuredBroker.allow(admin, topic.named(prefix), kept ? AclOperation.DESCRIBE : AclOperation.READ);
            }
        }
        try (LedgerRows rows = new LedgerRows(broker.bootstrapServers(), prefix, RUN)) {
            rows.manifest();
            rows.steps(0, STEPS);
        }
    }

    private static LedgerCommand reading(Object... arguments) throws Exception {
        return LedgerCommand.start(words(arguments).toArray());
    }

    private static List<Object> words(Object... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.add("--kafka-config");
        all.add(broker.readersConfig());
        return all;
    }
}
