package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.BucketTable;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.UnitHistory;
import io.lossledger.dashboards.live.history.VectorRow;
import io.lossledger.dashboards.live.topics.TopicReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The units of one opened layer, read once for all its viewers. Thread-safe. */
final class UnitFeed implements TopicReader.Sink, FrameSource {
    private static final Logger log = LoggerFactory.getLogger(UnitFeed.class);

    private final LayerKey key;
    private final Map<Integer, Frame> made = new HashMap<>();
    private @Nullable UnitHistory history;
    private boolean reading = true;
    private long notes = 1;

    UnitFeed(LayerKey key) {
        this.key = key;
    }

    @Override
    public synchronized void start(List<String> missingTopics) {
        reading = true;
        notes++;
    }

    @Override
    public synchronized void caughtUp() {
        reading = false;
        notes++;
    }

    @Override
    public void accept(Iterable<ConsumerRecord<String, byte[]>> rows) {
        for (ConsumerRecord<String, byte[]> row : rows) {
            if (key.run().equals(row.key()) && row.value() != null) {
                accept(row.value());
            }
        }
    }

    /** Adds a row; skips a row of another layer, or one that cannot be parsed. */
    void accept(byte[] value) {
        try {
            VectorRow.ofUnits(value, key).filter(row -> row.units() > 0).ifPresent(this::accept);
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("Skipped a row of units that cannot be parsed", e);
        }
    }

    private synchronized void accept(VectorRow row) {
        if (history == null) {
            history = new UnitHistory((int) Math.min(Integer.MAX_VALUE, row.units()));
        }
        history.accept(row);
    }

    @Override
    public synchronized Optional<Frame> after(@Nullable Frame last) {
        UnitHistory known = history;
        if (known == null) {
            return last != null && last.notes() == notes
                    ? Optional.empty()
                    : Optional.of(Frame.of("units", JsonText.object(this::head), notes));
        }
        BucketTable table = known.table();
        if (last == null || last.version() == 0 || last.merged() != table.merged()) {
            return Optional.of(made(known, 0));
        }
        int from = table.firstChangedSince(last.version());
        boolean isNew = from < table.size() || last.notes() != notes;
        return isNew ? Optional.of(made(known, from)) : Optional.empty();
    }

    private Frame made(UnitHistory known, int from) {
        long version = known.table().version();
        made.values().removeIf(frame -> frame.version() != version || frame.notes() != notes);
        return made.computeIfAbsent(from, start -> frame(known, start));
    }

    private Frame frame(UnitHistory known, int from) {
        String json = JsonText.object(document -> {
            head(document);
            known.write(document, from);
        });
        BucketTable table = known.table();
        return new Frame("units", json, table.version(), table.merged(), notes);
    }

    private void head(JsonText json) {
        json.put("run", key.run())
                .put("objective", key.objective().name())
                .put("stratum", key.objective().stratum())
                .put("layer", key.layer())
                .put("reading", reading);
    }
}
