package io.lossledger.dashboards;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Whether Kafka answers, asked every other second on a thread of its own. Thread-safe. */
final class KafkaState implements FrameSource, AutoCloseable {
    private static final int ANSWER_MILLIS = 4_000;
    private static final long PERIOD_MILLIS = 2_000;

    private final Map<String, Object> config;
    private final String address;
    private final NoteFrames frames = new NoteFrames("state");
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String trouble = "has not answered yet";

    KafkaState(Map<String, Object> kafka) {
        config = new HashMap<>(kafka);
        config.put("default.api.timeout.ms", ANSWER_MILLIS);
        config.put("request.timeout.ms", ANSWER_MILLIS / 2);
        address = String.valueOf(kafka.get("bootstrap.servers"));
        Thread thread = new Thread(this::run, "live-kafka-state");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where Kafka should be, and why it does not answer; empty: it does. */
    Optional<String> trouble() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of("Kafka at " + address + " " + trouble);
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
                } catch (KafkaException e) { // such as a name that is not known yet
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
                tell("");
            } catch (ExecutionException e) {
                tell("does not answer");
            }
            pause();
        }
        admin.close(Duration.ZERO);
    }

    private void pause() throws InterruptedException {
        if (closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
            tell("is not asked any more");
        }
    }

    private void tell(String now) {
        trouble = now;
        frames.set(JsonText.object(json -> json.put("kafka", now.isEmpty() ? "up" : "away")
                .put("message", trouble().orElse(""))));
    }
}
