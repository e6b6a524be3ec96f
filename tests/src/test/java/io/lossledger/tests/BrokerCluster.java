package io.lossledger.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Real brokers in processes of their own, on loopback, each a controller too. What is written is in as many copies as there are
 * brokers, and is refused when fewer than two are in sync.
 */
final class BrokerCluster implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<Path> configs = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<@Nullable UserProgram> brokers = new ArrayList<>();

    private final String classPath;

    private BrokerCluster(String classPath) {
        this.classPath = classPath;
    }

    /** Starts brokers, and returns when they are one cluster. */
    static BrokerCluster start(Path directory, int count) throws Exception {
        return start(directory, count, System.getProperty("java.class.path"));
    }

    /** The same with the jars of another version of Kafka. */
    static BrokerCluster start(Path directory, int count, String classPath) throws Exception {
        BrokerCluster cluster = new BrokerCluster(classPath);
        try {
            cluster.format(directory, count);
            for (int broker = 0; broker < count; broker++) {
                cluster.brokers.add(null);
                cluster.start(broker);
            }
            cluster.awaitBrokers(count);
            return cluster;
        } catch (Exception | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** All of them, whether they run or not. */
    String bootstrapServers() {
        return ports.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
    }

    int size() {
        return configs.size();
    }

    /** Starts a broker again, without waiting for it. */
    void start(int broker) throws IOException {
        brokers.set(broker, java("kafka.Kafka", configs.get(broker).toString()));
    }

    /** SIGKILL: its clients learn it from nobody. */
    void kill(int broker) throws InterruptedException {
        UserProgram running = brokers.get(broker);
        if (running == null) {
            throw new IllegalStateException("Broker " + broker + " does not run");
        }
        running.kill();
        running.close();
        brokers.set(broker, null);
    }

    /** The broker that leads a partition. */
    int leader(String topic, int partition) throws Exception {
        try (Admin admin = admin()) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .get(topic)
                    .partitions()
                    .get(partition)
                    .leader()
                    .id();
        }
    }

    @Override
    public void close() {
        for (UserProgram broker : brokers) {
            if (broker != null) {
                broker.close();
            }
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    /** Waits until so many brokers serve. */
    void awaitBrokers(int count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int found = 0;
        while (System.nanoTime() < deadline) {
            try (Admin admin = admin()) {
                found = admin.describeCluster()
                        .nodes()
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .size();
            } catch (ExecutionException e) {
                found = 0; // not even one
            }
            if (found == count) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("Not " + count + " brokers, but " + found + " within " + PATIENCE_SECONDS + " s: "
                + brokers.stream()
                        .filter(broker -> broker != null)
                        .map(UserProgram::errors)
                        .collect(Collectors.joining("\n")));
    }

    private UserProgram java(String... main) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath));
        command.addAll(List.of(main));
        return UserProgram.of(command.toArray(String[]::new));
    }

    private void format(Path directory, int count) throws IOException, InterruptedException {
        List<Integer> controllers = new ArrayList<>();
        for (int broker = 0; broker < count; broker++) {
            ports.add(StablePort.find());
            controllers.add(StablePort.find());
        }
        String voters = IntStream.range(0, count)
                .mapToObj(broker -> broker + "@localhost:" + controllers.get(broker))
                .collect(Collectors.joining(","));
        String id = Uuid.randomUuid().toString();
        for (int broker = 0; broker < count; broker++) {
            Path home = Files.createDirectories(directory.resolve("broker-" + broker));
            Path config = home.resolve("server.properties");
            try (var out = Files.newBufferedWriter(config)) {
                properties(broker, count, controllers.get(broker), voters, home.resolve("log"))
                        .store(out, "");
            }
            try (UserProgram format = java("kafka.tools.StorageTool", "format", "-t", id, "-c", config.toString())) {
                if (format.exitCode() != 0) {
                    throw new IOException(format.output() + format.errors());
                }
            }
            configs.add(config);
        }
    }

    private Properties properties(int broker, int count, int controller, String voters, Path log) {
        String copies = Integer.toString(count);
        String inSync = Integer.toString(Math.min(2, count));
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(broker));
        p.setProperty("controller.quorum.voters", voters);
        p.setProperty(
                "listeners", "PLAINTEXT://localhost:" + ports.get(broker) + ",CONTROLLER://localhost:" + controller);
        p.setProperty("advertised.listeners", "PLAINTEXT://localhost:" + ports.get(broker));
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("log.dirs", log.toString());
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("default.replication.factor", copies);
        p.setProperty("min.insync.replicas", inSync);
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.setProperty(topic + ".replication.factor", copies);
        }
        p.setProperty("transaction.state.log.min.isr", inSync);
        p.setProperty("share.coordinator.state.topic.min.isr", inSync);
        p.setProperty("offsets.topic.num.partitions", "4");
        p.setProperty("transaction.state.log.num.partitions", "4");
        return p;
    }
}
