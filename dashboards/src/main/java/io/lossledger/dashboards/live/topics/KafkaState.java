package io.lossledger.dashboards.live.topics;

import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.frames.NoteFrames;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether Kafka and the leaders of the topics answer, and which topics cannot be read; checked every other second on its own thread. Thread-safe.
 */
public final class KafkaState implements FrameSource, AutoCloseable {
    private static final int ANSWER_MILLIS = 4_000;
    private static final long PERIOD_MILLIS = 2_000;

    private final Map<String, Object> config;
    private final String address;
    private final List<String> required;
    private final TopicTroubles topics;
    private final NoteFrames frames = new NoteFrames("state");
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String trouble = "has not answered yet";

    /** @param required topics whose leaders must answer, if they exist and this client may read them */
    public KafkaState(Map<String, Object> kafka, List<String> required, TopicTroubles topics) {
        this.topics = topics;
        this.required = required;
        config = new HashMap<>(kafka);
        config.put("default.api.timeout.ms", ANSWER_MILLIS);
        config.put("request.timeout.ms", ANSWER_MILLIS / 2);
        address = String.valueOf(kafka.get("bootstrap.servers"));
        Thread thread = new Thread(this::run, "live-kafka-state");
        thread.setDaemon(true);
        thread.start();
    }

    /** Why Kafka does not answer; empty: it does. */
    public Optional<String> silence() {
        return Optional.of(trouble).filter(reason -> !reason.isEmpty());
    }

    /** Kafka's address and why it does not answer, or which topics cannot be read; empty: all is well. */
    public Optional<String> trouble() {
        if (!trouble.isEmpty()) {
            return Optional.of("Kafka at " + address + " " + trouble);
        }
        return topics.all().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .reduce((one, other) -> one + "; " + other);
    }

    @Override
    public Optional<Frame> after(@Nullable Frame last) {
        return frames.after(last);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                try (Admin admin = Admin.create(config)) {
                    watch(admin);
                } catch (KafkaException e) { // such as a host name that does not resolve yet
                    Throwable cause = e.getCause() == null ? e : e.getCause();
                    tell("cannot be reached: " + cause.getMessage());
                }
                pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(Admin admin) throws InterruptedException {
        while (closed.getCount() > 0) {
            try {
                admin.describeCluster(new DescribeClusterOptions()).nodes().get();
                tell(leaderless(admin)
                        .map(topic -> "has no leader that answers for " + topic)
                        .orElse(""));
            } catch (ExecutionException e) {
                tell(
                        e.getCause() instanceof AuthenticationException refused
                                ? "refuses this client: " + refused.getMessage()
                                : "does not answer");
            }
            pause();
        }
        admin.close(Duration.ZERO);
    }

    /** The first topic of which a partition cannot be read, though the cluster answers. */
    private Optional<String> leaderless(Admin admin) throws InterruptedException {
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(required).topicNameValues().entrySet()) {
            try {
                admin.listOffsets(topic.getValue().get().partitions().stream()
                                .collect(Collectors.toMap(
                                        known -> new TopicPartition(topic.getKey(), known.partition()),
                                        known -> OffsetSpec.latest())))
                        .all()
                        .get();
            } catch (ExecutionException e) { // topics that are missing or refused are reported by their readers
                if (e.getCause() instanceof RetriableException
                        && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    return Optional.of(topic.getKey());
                }
            }
        }
        return Optional.empty();
    }

    private void pause() throws InterruptedException {
        if (closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
            tell("is not asked any more");
        }
    }

    private void tell(String now) {
        trouble = now;
        frames.set(JsonText.object(json -> json.put("kafka", now.isEmpty() ? "up" : "away")
                .put("message", now.isEmpty() ? "" : "Kafka at " + address + " " + now)
                .array(
                        "topics",
                        list -> topics.all()
                                .forEach((topic, reason) -> list.braces(
                                        entry -> entry.put("topic", topic).put("reason", reason))))));
    }
}
