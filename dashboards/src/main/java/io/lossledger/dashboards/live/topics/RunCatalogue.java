package io.lossledger.dashboards.live.topics;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.frames.NoteFrames;
import io.lossledger.dashboards.live.history.ManifestText;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The existing runs, newest first, from their manifests. If there are too many, only the newest are listed.
 * Thread-safe.
 */
public final class RunCatalogue implements TopicReader.Sink, FrameSource {
    private static final Logger log = LoggerFactory.getLogger(RunCatalogue.class);
    private static final int MOST_LISTED = 300;

    private final Map<String, RunManifest> runs = new HashMap<>();
    private final Map<String, NoteFrames> watched = new HashMap<>();
    private final NoteFrames list = new NoteFrames("runs");
    private final RunSummaries summaries;
    private final boolean editable;
    private List<String> missingTopics = List.of();
    private boolean complete;
    private long shown;

    /**
     * @param summaries of the runs' windows
     * @param editable whether the page can end and delete runs
     */
    public RunCatalogue(RunSummaries summaries, boolean editable) {
        this.summaries = summaries;
        this.editable = editable;
    }

    @Override
    public synchronized void start(List<String> missing) {
        missingTopics = missing;
        if (!missing.isEmpty()) {
            complete = true;
            publish();
        }
    }

    @Override
    public synchronized void caughtUp() {
        complete = true;
        publish();
    }

    @Override
    public synchronized void accept(Iterable<ConsumerRecord<String, byte[]>> rows) {
        for (ConsumerRecord<String, byte[]> row : rows) {
            accept(row.key(), row.value());
        }
        if (complete) {
            publish();
        }
    }

    /** Adds a manifest; null: removes the run. Skips a manifest that cannot be parsed. */
    synchronized void accept(@Nullable String run, byte @Nullable [] value) {
        if (run == null) {
            return;
        }
        if (value == null) {
            runs.remove(run);
            return;
        }
        try {
            // The key decides: a run's rows carry it, whatever the manifest says.
            RunManifest manifest =
                    RowFormat.read(value, RunManifest.newBuilder()).setRun(run).build();
            Timestamps.checkValid(manifest.getStarted());
            Timestamps.checkValid(manifest.getEnded());
            Timestamps.checkValid(manifest.getSentTime());
            if (RunManifests.isDeleted(manifest)) {
                runs.remove(run);
            } else {
                runs.put(run, manifest);
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            log.debug("Skipped a manifest that cannot be parsed", e);
        }
    }

    /** False until all manifests that existed at the start have been read. */
    public synchronized boolean isComplete() {
        return complete;
    }

    public synchronized Optional<RunManifest> run(String run) {
        return Optional.ofNullable(runs.get(run));
    }

    /** A source of the run's manifest, now and whenever it changes. */
    public synchronized FrameSource manifest(String run) {
        return watched.computeIfAbsent(run, key -> {
            NoteFrames frames = new NoteFrames("manifest");
            text(run).ifPresent(frames::set);
            return frames;
        });
    }

    /** The run's manifest as JSON. */
    public synchronized Optional<String> text(String run) {
        return run(run).map(manifest -> ManifestText.whole(manifest, recorded(manifest)));
    }

    private @Nullable RunManifest recorded(RunManifest manifest) {
        return runs.get(manifest.getTrajectory().getRecordedRun());
    }

    @Override
    public Optional<Frame> after(@Nullable Frame last) {
        return list.after(last);
    }

    public synchronized String json() {
        return JsonText.object(json -> {
            json.put("editable", editable);
            json.strings("missing_topics", missingTopics);
            json.array(
                    "runs",
                    all -> runs.values().stream()
                            .sorted(Comparator.comparing(RunManifest::getStarted, Timestamps.comparator())
                                    .reversed()
                                    .thenComparing(RunManifest::getRun))
                            .limit(MOST_LISTED)
                            .forEach(manifest -> all.braces(entry -> {
                                ManifestText.line(entry, manifest, recorded(manifest));
                                summaries.write(entry, manifest.getRun(), ObjectiveKey.byDefault(manifest));
                            })));
        });
    }

    /** Adds the newest summaries to the list. */
    public synchronized void refresh() {
        if (complete && summaries.version() != shown) {
            shown = summaries.version();
            list.set(json());
        }
    }

    private void publish() {
        list.set(json());
        watched.forEach((run, frames) -> text(run).ifPresent(frames::set));
    }
}
