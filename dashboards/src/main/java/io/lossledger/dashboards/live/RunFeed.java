package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.BucketChain;
import io.lossledger.dashboards.live.history.BucketTable;
import io.lossledger.dashboards.live.history.LayerRange;
import io.lossledger.dashboards.live.history.LayerRows;
import io.lossledger.dashboards.live.history.LiveVerdicts;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.dashboards.live.history.RunAlerts;
import io.lossledger.dashboards.live.history.RunHistory;
import io.lossledger.dashboards.live.topics.TopicReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the page shows of one run, read once for all its viewers. Only rows of whole updates count.
 * Thread-safe.
 */
final class RunFeed implements TopicReader.Sink {
    /** The topics that a run is read from. */
    static final List<LedgerTopic> TOPICS =
            List.of(LedgerTopic.STEP, LedgerTopic.LAYER, LedgerTopic.MOMENT, LedgerTopic.ALERT, LedgerTopic.WINDOW);

    private static final Logger log = LoggerFactory.getLogger(RunFeed.class);
    private static final int MOST_OBJECTIVES = 64;
    private static final int WHOLE = -1;

    private final String run;
    private final String prefix;
    private final int points;
    private final double tolerance;
    private final Map<ObjectiveKey, ObjectiveFrames> objectives = new HashMap<>();
    private final RunAlerts alerts = new RunAlerts();
    private List<String> missingTopics = List.of();
    private boolean reading = true;
    private @Nullable BucketChain chain;
    private @Nullable RunStatus outcome;
    private long notes;

    /**
     * Nothing is known of the run yet.
     *
     * @param tolerance see {@link LiveSettings}
     * @param mostBytes memory for the histories of all objectives of the manifest; with less memory, they have fewer points
     */
    RunFeed(RunManifest manifest, String topicPrefix, double tolerance, long mostBytes) {
        run = manifest.getRun();
        prefix = topicPrefix;
        this.tolerance = tolerance;
        int expected = Math.max(1, Math.min(MOST_OBJECTIVES, manifest.getObjectivesCount()));
        points = RunHistory.buckets(manifest.getLayersCount(), mostBytes / expected);
    }

    /** The source for a client that watches an objective of this run. */
    synchronized FrameSource frames(ObjectiveKey objective) {
        return objectives.computeIfAbsent(objective, this::newFrames);
    }

    /** What the layers did in a range of steps, as JSON. */
    synchronized String layers(ObjectiveKey objective, long from, long to) {
        Map<ObjectiveKey, RunHistory> all =
                new TreeMap<>(Comparator.comparing(ObjectiveKey::name).thenComparing(ObjectiveKey::stratum));
        objectives.forEach((key, frames) -> all.put(key, frames.history));
        RunHistory shown = all.getOrDefault(objective, new RunHistory(points));
        return LayerRange.json(shown, all, from, to);
    }

    /** Buckets follow, before any row. */
    synchronized void beginBuckets() {
        forget();
        chain = new BucketChain();
    }

    /** Adds a bucket; false: no more are needed. */
    synchronized boolean accept(BucketRow row) {
        BucketChain open = Objects.requireNonNull(chain);
        if (row.getRows() > MOST_OBJECTIVES) {
            open.fail();
        }
        if (!open.accept(row)) {
            return !open.isEnded();
        }
        history(row.getObjective(), row.getStratum()).ifPresent(history -> history.accept(row));
        if (row.hasOutcome()) {
            outcome = row.getOutcome();
            notes++;
        }
        return !open.isEnded();
    }

    /** A bucket cannot be used, and so none of them. */
    synchronized void rejectBuckets() {
        Objects.requireNonNull(chain).fail();
    }

    /** All buckets have come. They are used unless one is missing, or they would make a coarser picture than the rows. */
    synchronized void endBuckets() {
        BucketChain open = Objects.requireNonNull(chain);
        if (!open.isWhole() || !open.isFineEnough(points)) {
            forget();
        }
    }

    /** All rows of the run follow instead. */
    synchronized void forgetBuckets() {
        forget();
    }

    /** The buckets that the histories begin with; empty: they begin with rows. */
    synchronized Optional<BucketChain> buckets() {
        return Optional.ofNullable(chain);
    }

    private void forget() {
        chain = null;
        outcome = null;
        notes++;
        objectives.values().forEach(ObjectiveFrames::forget);
    }

    @Override
    public synchronized void start(List<String> missing) {
        missingTopics = missing;
        reading = true;
        alerts.clear();
        notes++;
    }

    @Override
    public synchronized void caughtUp() {
        reading = false;
        notes++;
    }

    @Override
    public synchronized void accept(Iterable<ConsumerRecord<String, byte[]>> rows) {
        for (ConsumerRecord<String, byte[]> row : rows) {
            if (run.equals(row.key()) && row.value() != null) {
                accept(row.topic(), row.value());
            }
        }
    }

    /** The step of a row of a step or layer; empty: it cannot be parsed. */
    OptionalLong stepOf(ConsumerRecord<String, byte[]> row) {
        try {
            return OptionalLong.of(Integer.toUnsignedLong(
                    row.topic().equals(LedgerTopic.LAYER.named(prefix))
                            ? LayerRows.read(row.value()).getStep()
                            : RowFormat.read(row.value(), StepRow.newBuilder()).getStep()));
        } catch (IOException | RuntimeException e) {
            log.debug("Skipped a row of {} that cannot be parsed", row.topic(), e);
            return OptionalLong.empty();
        }
    }

    /** Adds a row; skips one that cannot be parsed. */
    synchronized void accept(String topic, byte[] value) {
        try {
            if (topic.equals(LedgerTopic.LAYER.named(prefix))) {
                LayerRow row = LayerRows.read(value);
                if (row.getPart().isEmpty()) {
                    history(row.getObjective(), row.getStratum()).ifPresent(history -> history.accept(row));
                }
            } else if (topic.equals(LedgerTopic.STEP.named(prefix))) {
                StepRow row = RowFormat.read(value, StepRow.newBuilder()).build();
                history(row.getObjective(), row.getStratum()).ifPresent(history -> {
                    if (row.getPart().isEmpty()) {
                        history.accept(row);
                    } else {
                        history.acceptPart(row);
                    }
                });
            } else if (topic.equals(LedgerTopic.MOMENT.named(prefix))) {
                MomentRow row = RowFormat.read(value, MomentRow.newBuilder()).build();
                history(row.getObjective(), row.getStratum()).ifPresent(history -> history.accept(row));
            } else if (topic.equals(LedgerTopic.ALERT.named(prefix))) {
                alerts.accept(RowFormat.read(value, AlertRow.newBuilder()).build());
            } else {
                close(RowFormat.read(value, WindowRow.newBuilder()).build());
            }
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("Skipped a row of {} that cannot be parsed", topic, e);
        }
    }

    private void close(WindowRow row) {
        if (row.getKind() == WindowKind.WINDOW_KIND_RUN
                && row.getLayer().isEmpty()
                && row.getPart().isEmpty()) {
            outcome = row.getOutcome();
            notes++;
        }
    }

    /** Empty if the run has more objectives than the page offers. */
    private Optional<RunHistory> history(String name, String stratum) {
        ObjectiveKey objective = new ObjectiveKey(name, stratum);
        ObjectiveFrames frames = objectives.size() < MOST_OBJECTIVES
                ? objectives.computeIfAbsent(objective, this::newFrames)
                : objectives.get(objective);
        return Optional.ofNullable(frames).map(known -> known.history);
    }

    private ObjectiveFrames newFrames(ObjectiveKey objective) {
        return new ObjectiveFrames(objective);
    }

    /** The frames of one objective; those built since the last row are cached, because most clients need the same. */
    private final class ObjectiveFrames implements FrameSource {
        private final ObjectiveKey objective;
        private final Map<Integer, Frame> made = new HashMap<>();
        private RunHistory history = new RunHistory(points);
        private int mergedBefore;

        ObjectiveFrames(ObjectiveKey objective) {
            this.objective = objective;
        }

        /** Clients get a snapshot next, as after a merge. */
        void forget() {
            mergedBefore += history.table().merged() + 1;
            history = new RunHistory(points);
            made.clear();
        }

        @Override
        public Optional<Frame> after(@Nullable Frame last) {
            synchronized (RunFeed.this) {
                BucketTable table = history.table();
                long noted = notes + alerts.notes() + history.notes();
                if (last == null || last.merged() != mergedBefore + table.merged()) {
                    return Optional.of(made(WHOLE, noted));
                }
                int from = table.firstChangedSince(last.version());
                boolean isNew = from < table.size() || last.notes() != noted;
                return isNew ? Optional.of(made(from, noted)) : Optional.empty();
            }
        }

        private Frame made(int from, long noted) {
            long version = history.table().version();
            made.values().removeIf(frame -> frame.version() != version || frame.notes() != noted);
            return made.computeIfAbsent(from, start -> frame(start, noted));
        }

        private Frame frame(int from, long noted) {
            BucketTable table = history.table();
            String json = JsonText.object(document -> {
                document.put("run", run)
                        .put("objective", objective.name())
                        .put("stratum", objective.stratum())
                        .put("reading", reading)
                        .strings("missing_topics", missingTopics);
                history.write(document, Math.max(0, from));
                history.writeMoments(document);
                alerts.write(document);
                writeOutcome(document);
                document.put("tolerance", tolerance);
                LiveVerdicts.write(document, history, outcome != null, alerts.hurting(objective), tolerance);
            });
            return new Frame(
                    from == WHOLE ? "snapshot" : "update", json, table.version(), mergedBefore + table.merged(), noted);
        }
    }

    private void writeOutcome(JsonText json) {
        RunStatus known = outcome;
        if (known == null) {
            json.putNull("outcome");
        } else {
            json.put("outcome", known.name());
        }
    }
}
