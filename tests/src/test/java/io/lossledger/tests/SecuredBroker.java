package io.lossledger.tests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka node on loopback with access control: whoever comes without a password may do everything, the user {@code reader} what
 * it is allowed, over SASL_SSL with SCRAM-SHA-512. It serves TLS without a password, too.
 */
final class SecuredBroker implements AutoCloseable {
    static final String PASSWORD = "loopback";

    private final Path directory;
    private final int open = StablePort.find();
    private final int asked = StablePort.find();
    private final int encrypted = StablePort.find();
    private final KafkaRaftServer server;

    SecuredBroker(Path directory) throws Exception {
        this.directory = directory;
        makeKeys(keys(), "localhost");
        Properties properties = properties(StablePort.find(), keys());
        Path config = directory.resolve("server.properties");
        try (var out = Files.newBufferedWriter(config)) {
            properties.store(out, "");
        }
        try (PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)) {
            StorageTool.execute(
                    new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", config.toString()}, out);
        }
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
        try (Admin admin = admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "reader", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
                    .all()
                    .get(1, TimeUnit.MINUTES);
        }
    }

    private static void makeKeys(Path file, String name) throws Exception {
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString());
    }

    /** For whoever may do everything. */
    String bootstrapServers() {
        return "localhost:" + open;
    }

    /** The port for those. */
    int open() {
        return open;
    }

    /** The port that expects TLS and asks for no password. */
    int encrypted() {
        return encrypted;
    }

    /** Settings of the user {@code reader}, whose password is in a file of its own. */
    Path readersConfig() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.properties"), "password=" + PASSWORD + "\n");
        Path config = config("reader", "SASL_SSL", asked, "${file:" + secret + ":password}", keys());
        String provider =
                "config.providers=file\nconfig.providers.file.class=" + FileConfigProvider.class.getName() + "\n";
        return Files.writeString(config, provider, StandardOpenOption.APPEND);
    }

    /**
     * Settings of a client that may be wrong.
     *
     * @param name of the file
     */
    Path config(String name, String protocol, int port, String password, Path trusted) throws IOException {
        return Files.writeString(
                directory.resolve(name + ".properties"), """
                bootstrap.servers=localhost:%d
                security.protocol=%s
                ssl.truststore.location=%s
                ssl.truststore.type=PKCS12
                ssl.truststore.password=%s
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
                  username="reader" password="%s";
                """.formatted(port, protocol, trusted, PASSWORD, password));
    }

    /** Holds the broker's certificate. */
    Path keys() {
        return directory.resolve("keys.p12");
    }

    /** Holds the certificate of somebody else. */
    Path foreignKeys() throws Exception {
        Path file = directory.resolve("foreign.p12");
        if (!Files.exists(file)) {
            makeKeys(file, "elsewhere");
        }
        return file;
    }

    /** The port that asks for a password. */
    int asked() {
        return asked;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    /** Lets the user {@code reader} do something with a topic. */
    static void allow(Admin admin, String topic, AclOperation operation) throws Exception {
        admin.createAcls(Set.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                        new AccessControlEntry("User:reader", "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get(1, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private Properties properties(int controller, Path keys) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("controller.quorum.voters", "1@localhost:" + controller);
        String clients = "OPEN://localhost:" + open + ",ASKED://localhost:" + asked + ",TLS://localhost:" + encrypted;
        p.setProperty("listeners", clients + ",CONTROLLER://localhost:" + controller);
        p.setProperty("advertised.listeners", clients);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("inter.broker.listener.name", "OPEN");
        p.setProperty("listener.security.protocol.map", "OPEN:PLAINTEXT,ASKED:SASL_SSL,TLS:SSL,CONTROLLER:PLAINTEXT");
        p.setProperty("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        p.setProperty(
                "listener.name.asked.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        p.setProperty("ssl.keystore.location", keys.toString());
        p.setProperty("ssl.keystore.type", "PKCS12");
        p.setProperty("ssl.keystore.password", PASSWORD);
        p.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.setProperty("super.users", "User:ANONYMOUS");
        p.setProperty("log.dirs", directory.resolve("log").toString());
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.setProperty(topic + ".replication.factor", "1");
        }
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        return p;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }
}
