package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.history.ImageLayer;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.dashboards.live.topics.RunCatalogue;
import io.lossledger.dashboards.live.topics.RunSummaries;
import io.lossledger.dashboards.live.topics.TopicReader;
import io.lossledger.dashboards.live.topics.TopicTroubles;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is read from Kafka for the clients: the list of runs always, runs and opened layers on demand. Thread-safe. */
final class LiveFeeds implements AutoCloseable {
    /** Rows carry the producer's time, and clocks differ. */
    private static final long CLOCK_SLACK_SECONDS = 300;

    /** The list of runs is large, and windows close often. */
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Histories of runs may take half of the heap. */
    private static final int HEAP_SHARE = 2;

    private final LiveSettings settings;
    private final TopicTroubles troubles;
    private final RunCatalogue catalogue;
    private final TopicReader manifests;
    private final TopicReader windows;
    private final SharedFeeds<String, RunReading> runs;
    private final SharedFeeds<LayerKey, LayerReading> layers;
    private long refreshedAt = System.nanoTime();

    /** @param editable whether runs can be ended and deleted */
    LiveFeeds(LiveSettings settings, TopicTroubles troubles, boolean editable) {
        this.settings = settings;
        this.troubles = troubles;
        long grace = settings.grace().toNanos();
        runs = new SharedFeeds<>(this::readRun, settings.maxFeeds(), grace, System::nanoTime);
        layers = new SharedFeeds<>(this::readLayer, settings.maxFeeds(), grace, System::nanoTime);
        RunSummaries summaries = new RunSummaries(settings.tolerance());
        catalogue = new RunCatalogue(summaries, editable);
        manifests = reader(List.of(LedgerTopic.RUN), "", TopicReader.Start.at(Instant.EPOCH), catalogue);
        windows = reader(List.of(LedgerTopic.WINDOW), "", TopicReader.Start.at(Instant.EPOCH), summaries);
    }

    /** A run that is being read. */
    private record RunReading(RunFeed feed, TopicReader reader) implements AutoCloseable {
        @Override
        public void close() {
            reader.close();
        }
    }

    /** An opened layer that is being read; with pictures only if its input is an image. */
    private record LayerReading(
            UnitFeed units,
            TopicReader reader,
            @Nullable PictureFeed pictures,
            @Nullable TopicReader pictureReader) implements AutoCloseable {
        @Override
        public void close() {
            reader.close();
            if (pictureReader != null) {
                pictureReader.close();
            }
        }
    }

    RunCatalogue catalogue() {
        return catalogue;
    }

    /**
     * The sources for a client that watches a run, one of its layers if {@code layer} is not empty, and other runs beside it.
     *
     * @param beside other runs and the objective of each
     * @param ended receives the tasks to run when the client has left
     * @throws RequestException when too many other runs or layers are being watched
     */
    List<FrameSource> watch(
            String run, ObjectiveKey objective, String layer, Map<String, ObjectiveKey> beside, List<Runnable> ended)
            throws RequestException {
        List<FrameSource> sources = new ArrayList<>();
        add(run, objective, sources, ended);
        for (Map.Entry<String, ObjectiveKey> other : beside.entrySet()) {
            add(other.getKey(), other.getValue(), sources, ended);
        }
        if (!layer.isEmpty()) {
            LayerKey key = new LayerKey(run, objective, layer);
            LayerReading opened = layers.acquire(key).orElseThrow(() -> tooMany("layers"));
            ended.add(() -> layers.release(key));
            sources.add(opened.units());
            Optional.ofNullable(opened.pictures()).ifPresent(sources::add);
        }
        return sources;
    }

    private void add(String run, ObjectiveKey objective, List<FrameSource> sources, List<Runnable> ended)
            throws RequestException {
        RunReading reading = runs.acquire(run).orElseThrow(() -> tooMany("runs"));
        ended.add(() -> runs.release(run));
        sources.add(catalogue.manifest(run));
        sources.add(reading.feed().frames(objective));
    }

    /** What the layers of a run did in a range of steps, as JSON; the run is read from now on if it was not yet. */
    String layers(String run, ObjectiveKey objective, long from, long to) throws RequestException {
        RunReading reading = runs.acquire(run).orElseThrow(() -> tooMany("runs"));
        try {
            return reading.feed().layers(objective, from, to);
        } finally {
            runs.release(run);
        }
    }

    /** Called by one thread. */
    void sweep() {
        long now = System.nanoTime();
        if (now - refreshedAt >= REFRESH_NANOS) {
            refreshedAt = now;
            catalogue.refresh();
        }
        runs.sweep();
        layers.sweep();
    }

    @Override
    public void close() {
        manifests.close();
        windows.close();
        runs.close();
        layers.close();
    }

    private RequestException tooMany(String what) {
        return new RequestException(
                RequestException.UNAVAILABLE,
                "live.max-feeds: at most " + settings.maxFeeds() + " " + what
                        + " can be watched at a time; try again later");
    }

    private RunReading readRun(String run) {
        RunManifest manifest = manifest(run);
        RunFeed feed = new RunFeed(
                manifest,
                settings.topicPrefix(),
                settings.tolerance(),
                Runtime.getRuntime().maxMemory() / HEAP_SHARE / settings.maxFeeds());
        RunStart start = new RunStart(feed, run, settings.topicPrefix(), started(manifest), manifest.hasEnded());
        return new RunReading(feed, reader(RunFeed.TOPICS, run, start, feed));
    }

    private LayerReading readLayer(LayerKey key) {
        RunManifest manifest = manifest(key.run());
        UnitFeed units = new UnitFeed(key);
        TopicReader reader =
                reader(List.of(LedgerTopic.UNIT), key.run(), TopicReader.Start.at(started(manifest)), units);
        Optional<ImageLayer> image = ImageLayer.of(manifest, key.layer());
        if (image.isEmpty()) {
            return new LayerReading(units, reader, null, null);
        }
        PictureFeed pictures = new PictureFeed(key, image.get(), System::nanoTime);
        PictureStart start = new PictureStart(key, image.get(), started(manifest));
        return new LayerReading(units, reader, pictures, reader(List.of(LedgerTopic.PARAMETER), "", start, pictures));
    }

    private RunManifest manifest(String run) {
        return catalogue
                .run(run)
                .orElseGet(() -> RunManifest.newBuilder().setRun(run).build());
    }

    private static Instant started(RunManifest manifest) {
        return Instant.ofEpochMilli(
                Math.max(0, Timestamps.toMillis(manifest.getStarted()) - CLOCK_SLACK_SECONDS * 1_000));
    }

    private TopicReader reader(List<LedgerTopic> topics, String key, TopicReader.Start start, TopicReader.Sink sink) {
        return new TopicReader(
                        settings.kafka(),
                        new TopicReader.Selection(settings.topicPrefix(), topics, key, start),
                        sink,
                        troubles)
                .start();
    }
}
