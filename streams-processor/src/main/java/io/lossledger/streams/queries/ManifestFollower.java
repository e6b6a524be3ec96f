package io.lossledger.streams.queries;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.streams.topology.ProcessorSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the manifests of all runs from the first one, on a separate thread, and waits while Kafka is unavailable. The
 * manifests are only shown: nothing is booked from them. Thread-safe.
 */
public final class ManifestFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ManifestFollower.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 5_000;

    private final Map<String, Object> config;
    private final String topic;
    private final Consumer<RunManifest> manifests;
    private final Thread thread = new Thread(this::follow, "lossledger-manifests");
    private final CountDownLatch closing = new CountDownLatch(1);
    private boolean reported;
    private volatile @Nullable KafkaConsumer<String, byte[]> current;

    public ManifestFollower(ProcessorSettings settings, Consumer<RunManifest> manifests) {
        this.topic = LedgerTopic.RUN.named(settings.topics().prefix());
        this.manifests = manifests;
        config = CommittedReads.settings(new HashMap<>(settings.kafka()));
        // Settings for Kafka Streams, such as its HTTP address, have no meaning here. Those of extensions, such as
        // login
        // handlers, are unknown to both.
        config.keySet()
                .removeIf(name -> StreamsConfig.configDef().names().contains(name)
                        && !ConsumerConfig.configNames().contains(name));
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, settings.applicationId() + "-manifests");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<String, byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup(); // an interruption would make it log an error
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        while (!isClosed()) {
            try (KafkaConsumer<String, byte[]> consumer =
                    new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
                current = consumer;
                follow(consumer);
            } catch (WakeupException e) {
                log.debug("Stopped", e);
            } catch (KafkaException e) {
                tell(e);
                pause();
            } finally {
                current = null;
            }
        }
    }

    private void follow(KafkaConsumer<String, byte[]> consumer) {
        List<TopicPartition> partitions = CommittedReads.partitions(consumer, topic, TIMEOUT);
        if (partitions.isEmpty()) {
            pause();
            return;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (!isClosed()) {
            for (ConsumerRecord<String, byte[]> entry : consumer.poll(POLL)) {
                RunManifest manifest = manifest(entry);
                if (manifest != null) {
                    manifests.accept(manifest);
                }
            }
        }
    }

    private static @Nullable RunManifest manifest(ConsumerRecord<String, byte[]> entry) {
        if (entry.value() == null) {
            return null;
        }
        try {
            RunManifest.Builder manifest = RunManifest.newBuilder();
            RowFormat.JSON.merge(entry.value(), manifest);
            return manifest.build();
        } catch (InvalidProtocolBufferException e) {
            log.debug("Skipped a record of {} that is not a manifest", entry.topic(), e);
            return null;
        }
    }

    /** Reports once what does not resolve itself, such as a missing right to read. */
    private void tell(KafkaException fault) {
        if (!reported && fault instanceof ApiException && !(fault instanceof RetriableException)) {
            reported = true;
            log.warn("The metrics of runs do not include the facts in {}: {}", topic, fault.toString());
        } else {
            log.debug("Manifests cannot be read yet: {}", fault.toString());
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private void pause() {
        try {
            if (closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                log.debug("Stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
