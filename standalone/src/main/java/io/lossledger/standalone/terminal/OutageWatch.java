package io.lossledger.standalone.terminal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the processor is cut off from Kafka: the leaders of the partitions that it reads have not answered for ten
 * seconds, or the processor itself reports that nothing is committed. Asks without blocking, and reports to {@link OutageLines}.
 * Not thread-safe, except for {@link #trouble}.
 */
public final class OutageWatch implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** With the time of one question more, this is ten seconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final int ANSWER_MILLIS = 5_000;
    private static final int MOST_NAMED = 3;

    private final OutageLines lines;
    private final Supplier<Set<TopicPartition>> partitions;
    private final Supplier<Optional<String>> stall;
    private final Admin admin;
    private long askedAt;
    private @Nullable Question question;
    private OptionalLong silentSince = OptionalLong.empty();
    private Optional<String> silence = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    /** What was asked; the answers by partition, if there are partitions. */
    private record Question(KafkaFuture<?> whole, Map<TopicPartition, KafkaFuture<?>> parts) {}

    /**
     * @param partitions those that must have a leader; if there are none, it is enough that any broker answers
     * @param stall why nothing is committed, if work waits; called often
     */
    public OutageWatch(
            Map<String, Object> config,
            OutageLines lines,
            Supplier<Set<TopicPartition>> partitions,
            Supplier<Optional<String>> stall) {
        this.lines = lines;
        this.partitions = partitions;
        this.stall = stall;
        Map<String, Object> patient = new HashMap<>(config);
        patient.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        patient.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS / 2);
        admin = Admin.create(patient);
        askedAt = System.nanoTime();
    }

    /** Must be called often. */
    public void look() throws InterruptedException {
        Question pending = question;
        if (pending == null) {
            if (System.nanoTime() - askedAt >= PERIOD_NANOS) {
                askedAt = System.nanoTime();
                question = ask(partitions.get());
            }
        } else if (pending.whole().isDone()) {
            question = null;
            hear(pending);
        }
        trouble = silence.isPresent() ? silence : stall.get();
        trouble.ifPresentOrElse(lines::away, lines::back);
    }

    /** Why the processor is cut off from Kafka, as of the last look. */
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private Question ask(Set<TopicPartition> read) {
        if (read.isEmpty()) {
            return new Question(admin.describeCluster().nodes(), Map.of());
        }
        ListOffsetsResult ends = admin.listOffsets(
                read.stream().collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())));
        Map<TopicPartition, KafkaFuture<?>> parts = new HashMap<>();
        read.forEach(partition -> parts.put(partition, ends.partitionResult(partition)));
        return new Question(KafkaFuture.allOf(parts.values().toArray(KafkaFuture<?>[]::new)), parts);
    }

    private void hear(Question answered) throws InterruptedException {
        try {
            answered.whole().get();
        } catch (ExecutionException e) {
            boolean isAway =
                    e.getCause() instanceof RetriableException || e.getCause() instanceof AuthenticationException;
            if (isAway
                    && !(e.getCause()
                            instanceof UnknownTopicOrPartitionException)) { // a deleted topic stops the processor
                long since = silentSince.orElse(askedAt);
                silentSince = OptionalLong.of(since);
                if (System.nanoTime() - since >= PATIENCE_NANOS) {
                    silence = Optional.of(reason(answered, String.valueOf(e.getCause())));
                }
                return;
            }
        }
        silentSince = OptionalLong.empty();
        silence = Optional.empty();
    }

    /** Names the partitions if some of them can be read. */
    private static String reason(Question answered, String cause) {
        TreeSet<String> silent = new TreeSet<>();
        answered.parts().forEach((partition, answer) -> {
            if (answer.isCompletedExceptionally()) {
                silent.add(partition.toString());
            }
        });
        if (silent.isEmpty() || silent.size() == answered.parts().size()) {
            return cause;
        }
        String names = silent.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return "no leader answers for " + names + (silent.size() > MOST_NAMED ? ", ..." : "");
    }
}
