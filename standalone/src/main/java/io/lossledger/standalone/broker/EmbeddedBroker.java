package io.lossledger.standalone.broker;

import io.lossledger.protocol.SocketBuffers;
import io.lossledger.standalone.terminal.DiskFullException;
import io.lossledger.standalone.terminal.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka node, broker and controller in one, in this JVM. Listens on loopback only. Keeps its records in a folder and
 * continues with them after a restart. Any Kafka client can connect.
 */
public final class EmbeddedBroker implements AutoCloseable {
    public static final int DEFAULT_PORT = 9092;

    private static final String FOLDER = "--data-dir";
    private static final int FAILED = 1;

    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(int port, KafkaRaftServer server) {
        this.port = port;
        this.server = server;
    }

    /** Starts a node; when it fails later, it ends the JVM, as Kafka does. */
    public static EmbeddedBroker start(int port, Path directory) {
        return start(port, directory, why -> {});
    }

    /**
     * Starts a node and returns when it serves clients; takes some seconds.
     *
     * @param port port on loopback; 0 for any that is free
     * @param directory folder of its records, made if it is missing
     * @param failed told why the node has failed, before it ends the JVM with exit code 1, as Kafka does
     * @throws UserException when the port is in use or the folder cannot be used
     * @throws DiskFullException when the disk of the folder is nearly full
     */
    public static EmbeddedBroker start(int port, Path directory, Consumer<String> failed) {
        DiskRoom.shortage(FOLDER, directory, DiskRoom.START_BYTES).ifPresent(shortage -> {
            throw new DiskFullException(shortage);
        });
        Exit.Procedure end = (code, message) -> {
            failed.accept(DiskRoom.full(FOLDER, directory)
                    .orElse("Kafka has stopped. If no error is named above, it could not write to "
                            + directory.toAbsolutePath() + ": check quotas and the limit of file sizes (ulimit -f)"));
            Runtime.getRuntime().halt(FAILED);
        };
        Exit.setExitProcedure(end);
        Exit.setHaltProcedure(end);
        int broker = freePort(port);
        int controller = freePort("controller port", 0);
        Path home = directory.toAbsolutePath().resolve("kafka");
        try {
            Files.createDirectories(home);
            Path config = home.resolve("server.properties");
            Properties properties = properties(broker, controller, home.resolve("log"));
            try (var out = Files.newBufferedWriter(config)) {
                properties.store(out, "Written at every start");
            }
            if (!Files.exists(home.resolve("log").resolve("meta.properties"))) {
                format(config);
            }
            return new EmbeddedBroker(broker, launch(properties, directory));
        } catch (IOException e) {
            throw new UserException(
                    "data-dir: must be a writable folder. Found: " + directory + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    e);
        }
    }

    /** The address that clients connect to. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** Stops the node after its records are on disk. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static KafkaRaftServer launch(Properties properties, Path directory) {
        KafkaRaftServer server;
        try {
            server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            server.startup();
        } catch (RuntimeException e) {
            if (String.valueOf(e.getMessage()).contains("Failed to acquire lock")) {
                throw new UserException("data-dir: must not be used by another broker. Found: " + directory, e);
            }
            throw e;
        }
        return server;
    }

    private static void format(Path config) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int exit;
        try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            exit = StorageTool.execute(
                    new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", config.toString()}, out);
        }
        if (exit != 0) {
            throw new IOException("Kafka could not format its folder: " + output.toString(StandardCharsets.UTF_8));
        }
    }

    /**
     * The port itself if it is free, or any free one for 0.
     *
     * @throws UserException when it is in use
     */
    public static int freePort(int port) {
        return freePort("port", port);
    }

    private static int freePort(String name, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(name + ": must be free. Found: " + port + " (" + e.getMessage() + ")", e);
        }
    }

    private static Properties properties(int port, int controllerPort, Path log) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("controller.quorum.voters", "1@localhost:" + controllerPort);
        p.setProperty("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        p.setProperty("advertised.listeners", "PLAINTEXT://localhost:" + port);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("log.dirs", log.toString());
        p.setProperty("auto.create.topics.enable", "false");
        String buffers = Integer.toString(SocketBuffers.OF_THE_SYSTEM);
        p.setProperty("socket.receive.buffer.bytes", buffers);
        p.setProperty("socket.send.buffer.bytes", buffers);
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // By default, records may stay for six minutes after a limit of their topic is exceeded: gigabytes.
        p.setProperty("log.retention.check.interval.ms", "5000");
        p.setProperty("log.segment.delete.delay.ms", "1000");
        // The default takes 128 MB of heap for compacting logs that are a few kilobytes here.
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.setProperty(topic + ".replication.factor", "1");
        }
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("offsets.topic.num.partitions", "4");
        p.setProperty("transaction.state.log.num.partitions", "4");
        return p;
    }
}
