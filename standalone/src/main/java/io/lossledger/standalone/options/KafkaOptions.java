package io.lossledger.standalone.options;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.ListenerProtocol;
import io.lossledger.protocol.TopicConfigs;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.standalone.terminal.KafkaAwayException;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.OutageLines;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a role reaches Kafka. */
@OptionGroup("Kafka")
public final class KafkaOptions {
    private static final String BOOTSTRAP = "bootstrap.servers";
    private static final String PROTOCOL_HINT =
            "; check that security.protocol in --kafka-config is that of the listener";
    private static final int ANSWER_MILLIS = 15_000;
    private static final int SHORT_ANSWER_MILLIS = 4_000;
    private static final int PAUSE_MILLIS = 500;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            description = "Kafka to connect to. Default: localhost:9092, or the address in --kafka-config")
    @Nullable
    String bootstrapServer;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "File of properties for all Kafka clients, such as security settings.")
    @Nullable
    Path kafkaConfig;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            defaultValue = TopicSettings.DEFAULT_PREFIX,
            description = "Prefix of all topic names. Default: ${DEFAULT-VALUE}")
    public String topicPrefix = TopicSettings.DEFAULT_PREFIX;

    /** The client settings: an option overrides the file, the file overrides the default. */
    public Map<String, Object> clientConfig() {
        Map<String, Object> config = new HashMap<>();
        config.put(BOOTSTRAP, "localhost:" + EmbeddedBroker.DEFAULT_PORT);
        if (kafkaConfig != null) {
            Properties file = new Properties();
            try (var in = Files.newBufferedReader(kafkaConfig)) {
                file.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new UserException("--kafka-config: must be a readable properties file. Found: " + e, e);
            }
            file.stringPropertyNames().forEach(name -> config.put(name, file.getProperty(name)));
        }
        if (bootstrapServer != null) {
            config.put(BOOTSTRAP, bootstrapServer);
        }
        return config;
    }

    /** The file of {@code --kafka-config}, if given. */
    public Optional<Path> configFile() {
        return Optional.ofNullable(kafkaConfig);
    }

    public String bootstrapServers() {
        return String.valueOf(clientConfig().get(BOOTSTRAP));
    }

    /**
     * An administrative client that is known to have an answering cluster.
     *
     * @throws UserException when Kafka does not answer
     */
    public Admin connect() throws InterruptedException {
        try {
            return connect(ANSWER_MILLIS);
        } catch (KafkaAwayException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The same, but waits while Kafka is unavailable, and reports that, until a stop is requested.
     *
     * @return empty when a stop was asked for
     * @throws UserException when waiting would not help
     */
    public Optional<Admin> awaitKafka(StopSignal stop, OutageLines lines) throws InterruptedException {
        while (!stop.isAsked()) {
            try {
                Admin admin = connect(SHORT_ANSWER_MILLIS);
                lines.back();
                return Optional.of(admin);
            } catch (KafkaAwayException e) {
                lines.away(e.reason());
                stop.awaitAsked(PAUSE_MILLIS);
            }
        }
        return Optional.empty();
    }

    /** @throws UserException when Kafka expects TLS, but the settings do not say so */
    public void requireProtocol() {
        try {
            ListenerProtocol.require(clientConfig());
        } catch (IllegalArgumentException e) {
            throw new UserException(e.getMessage() + " in --kafka-config", e);
        }
    }

    private Admin connect(int answerMillis) throws InterruptedException, KafkaAwayException {
        requireProtocol();
        Map<String, Object> config = clientConfig();
        config.put("default.api.timeout.ms", answerMillis);
        config.put("request.timeout.ms", answerMillis / 2);
        Admin admin;
        try {
            admin = Admin.create(config);
        } catch (KafkaException e) {
            String cause = ExceptionUtils.getRootCauseMessage(e);
            // A name that is not known yet may be that of a service which has not started.
            if (cause.contains("resolvable")) {
                throw new KafkaAwayException(
                        "--bootstrap-server: must be a Kafka that can be reached. Found: " + bootstrapServers() + " ("
                                + ExceptionUtils.getRootCause(e).getMessage() + ")",
                        cause,
                        e);
            }
            throw new UserException(KafkaFaults.ofUser(e).orElseGet(() -> KafkaFaults.ofSettings(e)), e);
        }
        try {
            admin.describeCluster().nodes().get();
            return admin;
        } catch (ExecutionException e) {
            admin.close();
            Optional<String> users = KafkaFaults.ofUser(e);
            if (users.isPresent()) {
                throw new UserException(users.get(), e);
            }
            String cause = e.getCause() + PROTOCOL_HINT;
            String message = "--bootstrap-server: must be a Kafka that answers. Found: " + bootstrapServers() + " ("
                    + cause + ")";
            Optional<String> mismatch = ListenerProtocol.mismatch(clientConfig());
            if (mismatch.isPresent()) {
                throw new UserException(mismatch.get() + " in --kafka-config", e);
            }
            if (e.getCause() instanceof RetriableException) {
                throw new KafkaAwayException(message, cause, e);
            }
            throw new UserException(message, e);
        }
    }

    /** One line for each of the topics that nobody can write to, because it has fewer replicas than it needs. */
    public List<String> topicWarnings(Set<LedgerTopic> topics) throws InterruptedException {
        try (Admin admin = connect()) {
            return TopicConfigs.copiesWarnings(
                    admin,
                    topics.stream().map(topic -> topic.named(topicPrefix)).toList());
        } catch (ExecutionException | TimeoutException e) {
            throw new UserException(
                    "Kafka did not describe the topics: " + (e.getCause() == null ? e : e.getCause()), e);
        }
    }

    /** Creates the topics that are missing and returns their names. */
    public List<String> createTopics(TopicSettings settings) throws InterruptedException {
        return createTopics(settings, EnumSet.allOf(LedgerTopic.class));
    }

    /**
     * Creates those of the wanted topics that are missing and returns their names.
     *
     * @throws UserException when Kafka refuses; the message names the topic, or the option that is at fault
     */
    public List<String> createTopics(TopicSettings settings, Set<LedgerTopic> wanted) throws InterruptedException {
        try (Admin admin = connect()) {
            return TopicCreator.createMissing(admin, settings, wanted);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserException(KafkaFaults.ofNewTopic(cause, settings.prefix()), e);
        }
    }
}
