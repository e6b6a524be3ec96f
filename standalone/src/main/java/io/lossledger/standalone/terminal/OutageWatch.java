package io.lossledger.standalone.terminal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/** Checks every few seconds whether Kafka answers, without blocking, and reports it to {@link OutageLines}. Not thread-safe. */
public final class OutageWatch implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int ANSWER_MILLIS = 10_000;

    private final OutageLines lines;
    private final Admin admin;
    private long asked;
    private @Nullable KafkaFuture<Collection<Node>> answer;

    public OutageWatch(Map<String, Object> config, OutageLines lines) {
        this.lines = lines;
        Map<String, Object> patient = new HashMap<>(config);
        patient.put("default.api.timeout.ms", ANSWER_MILLIS);
        patient.put("request.timeout.ms", ANSWER_MILLIS / 2);
        admin = Admin.create(patient);
        asked = System.nanoTime();
    }

    /** Must be called often. */
    public void look() throws InterruptedException {
        KafkaFuture<Collection<Node>> pending = answer;
        if (pending == null) {
            if (System.nanoTime() - asked >= PERIOD_NANOS) {
                asked = System.nanoTime();
                answer = admin.describeCluster(new DescribeClusterOptions()).nodes();
            }
        } else if (pending.isDone()) {
            answer = null;
            try {
                pending.get();
                lines.back();
            } catch (ExecutionException e) {
                lines.away(String.valueOf(e.getCause()));
            }
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
