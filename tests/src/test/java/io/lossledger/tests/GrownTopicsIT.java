package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunId;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that get more partitions in the middle of a run, so that its rows go on in another one. */
class GrownTopicsIT {
    private static final int PART = 50;
    private static final int FEW = 4;
    private static final int MORE = 6;
    private static final int MANY = 9;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theLivePageShowsWhatLiesInAllOfThem(@TempDir Path directory) throws Exception {
        // Later rows lie before older ones, by the numbers of partitions, and all three parts in different ones.
        String run = IntStream.range(0, 1_000)
                .mapToObj(i -> "run-" + i)
                .filter(id ->
                        RunId.partitionOf(id, MORE) < RunId.partitionOf(id, FEW) && RunId.partitionOf(id, MANY) >= MORE)
                .findFirst()
                .orElseThrow();
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory)) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            Processing.createTopics(broker.bootstrapServers(), "lossledger.");
            try (Admin admin = Admin.create(kafka);
                    LedgerRows rows = new LedgerRows(broker.bootstrapServers(), "lossledger.", run)) {
                rows.manifest();
                grow(admin, rows, FEW);
                rows.steps(0, PART);
                grow(admin, rows, MORE);
                rows.steps(PART, 2 * PART);
                try (LiveServer page = new LiveServer(LiveSettings.of(
                        "127.0.0.1",
                        0,
                        "lossledger.",
                        0.01,
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "metadata.max.age.ms", 500)))) {
                    assertThat(steps(page, run, 2 * PART)).isEqualTo(all(2 * PART));

                    grow(admin, rows, MANY);
                    rows.steps(2 * PART, 3 * PART);
                    assertThat(steps(page, run, 3 * PART)).isEqualTo(all(3 * PART));
                }
            }
        }
    }

    private static JsonArray steps(LiveServer page, String run, int last) throws Exception {
        JsonObject snapshot = ServerEvents.await(
                "http://127.0.0.1:" + page.port() + "/api/runs/" + run + "/stream", "snapshot", told -> {
                    JsonArray steps = told.getAsJsonArray("last");
                    return !steps.isEmpty() && steps.get(steps.size() - 1).getAsInt() == last - 1;
                });
        return snapshot.getAsJsonArray("first");
    }

    private static JsonArray all(int steps) {
        JsonArray all = new JsonArray();
        IntStream.range(0, steps).forEach(all::add);
        return all;
    }

    private static void grow(Admin admin, LedgerRows rows, int partitions) throws Exception {
        for (LedgerTopic topic : new LedgerTopic[] {LedgerTopic.STEP, LedgerTopic.LAYER}) {
            admin.createPartitions(Map.of(topic.named("lossledger."), NewPartitions.increaseTo(partitions)))
                    .all()
                    .get(1, TimeUnit.MINUTES);
            while (rows.partitions(topic) < partitions) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}
