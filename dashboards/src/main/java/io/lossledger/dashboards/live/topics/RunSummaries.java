package io.lossledger.dashboards.live.topics;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.dashboards.live.history.WindowSummary;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How each run stands, by its newest window or, once it has ended, by its closing balance. Thread-safe. */
public final class RunSummaries implements TopicReader.Sink {
    private static final Logger log = LoggerFactory.getLogger(RunSummaries.class);
    private static final int MOST_OBJECTIVES = 64;

    private final double tolerance;
    private final Map<String, Map<ObjectiveKey, WindowSummary>> runs = new HashMap<>();
    private long version;

    /** @param tolerance largest residual of balanced books, as a share of what moved */
    public RunSummaries(double tolerance) {
        this.tolerance = tolerance;
    }

    @Override
    public synchronized void start(List<String> missing) {
        runs.clear();
        version++;
    }

    @Override
    public void caughtUp() {
        // a summary is of use before all are there
    }

    @Override
    public synchronized void accept(Iterable<ConsumerRecord<String, byte[]>> rows) {
        version++;
        for (ConsumerRecord<String, byte[]> row : rows) {
            if (row.key() != null && row.value() != null) {
                accept(row.key(), row.value());
            }
        }
    }

    private void accept(String run, byte[] value) {
        try {
            WindowRow row = RowFormat.read(value, WindowRow.newBuilder()).build();
            if (row.getOutcome() == RunStatus.RUN_STATUS_DELETED) {
                runs.remove(run);
                return;
            }
            ObjectiveKey objective = new ObjectiveKey(row.getObjective(), row.getStratum());
            Map<ObjectiveKey, WindowSummary> known = runs.computeIfAbsent(run, key -> new HashMap<>());
            if (row.getPart().isEmpty() && (known.size() < MOST_OBJECTIVES || known.containsKey(objective))) {
                known.computeIfAbsent(objective, key -> new WindowSummary()).accept(row);
            }
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("Skipped a window that cannot be parsed", e);
        }
    }

    /** Grows with every change. */
    synchronized long version() {
        return version;
    }

    /** Writes the field {@code summary} of a run, if there is one. */
    synchronized void write(JsonText json, String run, ObjectiveKey objective) {
        WindowSummary summary = runs.getOrDefault(run, Map.of()).get(objective);
        if (summary != null && summary.isKnown()) {
            json.object("summary", entry -> summary.write(entry, tolerance));
        }
    }
}
