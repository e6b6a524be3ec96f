package io.lossledger.streams.queries;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.UnitLedger;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import io.lossledger.streams.v1.WindowBook;
import io.lossledger.streams.windows.WindowRows;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the books of runs from the stores of a running processor, as JSON with the fields of the contract's rows. Each
 * instance has the books of its share of the runs. The books may be one commit ahead of the topics. Thread-safe.
 */
public final class RunQueries {
    private static final Logger log = LoggerFactory.getLogger(RunQueries.class);

    private final KafkaStreams streams;
    private final Optional<HostInfo> here;
    private final PartitionCount partitions;

    public RunQueries(KafkaStreams streams, Optional<HostInfo> here, PartitionCount partitions) {
        this.streams = streams;
        this.here = here;
        this.partitions = partitions;
    }

    /**
     * How many partitions the runs are spread over.
     *
     * @throws NotReadyException when Kafka does not report it
     */
    public int partitions() throws NotReadyException {
        return partitions.get();
    }

    /**
     * The {@code host:port} of the instance that has a run's books, whether the run exists or not; empty: this one.
     *
     * @throws NotReadyException while partitions are being assigned
     */
    public Optional<String> elsewhere(String run) throws NotReadyException {
        KeyQueryMetadata owner = owner(run);
        HostInfo host = owner.activeHost();
        return here.isEmpty() || here.get().equals(host) ? Optional.empty() : Optional.of(address(host));
    }

    private KeyQueryMetadata owner(String run) throws NotReadyException {
        requireRunning();
        KeyQueryMetadata owner;
        try {
            owner = streams.queryMetadataForKey(LedgerStores.PROGRESS_STORE, run, new StringSerializer());
        } catch (IllegalStateException e) {
            throw notReady(e);
        }
        if (owner == null || owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
            throw new NotReadyException("the processor that books run " + run + " is not known yet");
        }
        return owner;
    }

    /**
     * The {@code host:port} of all instances but this one.
     *
     * @throws NotReadyException while partitions are being assigned
     */
    public Set<String> others() throws NotReadyException {
        requireRunning();
        Set<String> others = new TreeSet<>();
        Collection<StreamsMetadata> instances;
        try {
            instances = streams.streamsMetadataForStore(LedgerStores.PROGRESS_STORE);
        } catch (IllegalStateException e) {
            throw notReady(e);
        }
        for (StreamsMetadata instance : instances) {
            boolean active = instance.stateStoreNames().contains(LedgerStores.PROGRESS_STORE);
            if (active && here.isPresent() && !here.get().equals(instance.hostInfo())) {
                others.add(address(instance.hostInfo()));
            }
        }
        return others;
    }

    /** Runs, ordered by name, and the partitions that were searched for them. */
    public record Share(JsonArray runs, Set<Integer> partitions) {}

    /**
     * All runs of this instance, each as {@link #run} returns it. While partitions move, some may have no instance; a
     * list is complete when all instances together have searched all {@link #partitions()}.
     *
     * @throws NotReadyException while partitions are being assigned
     */
    public Share runs() throws NotReadyException {
        TreeMap<String, JsonObject> runs = new TreeMap<>();
        Set<Integer> seen = new TreeSet<>();
        for (int partition = 0; partition < partitions(); partition++) {
            try {
                ReadOnlyKeyValueStore<String, RunProgress> progress = store(LedgerStores.PROGRESS_STORE, partition);
                ReadOnlyKeyValueStore<String, RunBook> books = store(LedgerStores.BOOKS_STORE, partition);
                addAll(runs, progress, books);
                seen.add(partition);
            } catch (InvalidStateStoreException e) {
                log.debug("Partition {} is not on this processor", partition, e);
            }
        }
        JsonArray answer = new JsonArray();
        runs.values().forEach(answer::add);
        return new Share(answer, seen);
    }

    private static void addAll(
            Map<String, JsonObject> runs,
            ReadOnlyKeyValueStore<String, RunProgress> progress,
            ReadOnlyKeyValueStore<String, RunBook> books) {
        try (KeyValueIterator<String, RunProgress> all = progress.all()) {
            while (all.hasNext()) {
                KeyValue<String, RunProgress> run = all.next();
                RunBook book = books.get(run.key);
                if (!run.value.getFinished() || book != null) {
                    runs.put(run.key, overview(run.key, run.value, wholeRun(book)));
                }
            }
        }
    }

    /**
     * The progress of a run and the balance of the whole model so far: one row for each objective. Empty: no such run
     * here.
     *
     * @throws NotReadyException while partitions are being assigned
     */
    public Optional<JsonObject> run(String run) throws NotReadyException {
        Optional<RunProgress> progress = progress(run);
        return progress.isEmpty() ? Optional.empty() : Optional.of(overview(run, progress.get(), book(run)));
    }

    /**
     * The balance of each layer so far, for each objective. Empty: no such run here.
     *
     * @throws NotReadyException while partitions are being assigned
     */
    public Optional<JsonObject> layers(String run) throws NotReadyException {
        Optional<RunProgress> progress = progress(run);
        if (progress.isEmpty()) {
            return Optional.empty();
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("run", run);
        JsonArray layers = new JsonArray();
        rows(run, progress.get(), book(run)).stream()
                .filter(row -> !row.getLayer().isEmpty())
                .forEach(row -> layers.add(json(row)));
        answer.add("layers", layers);
        return Optional.of(answer);
    }

    /**
     * The units of a layer: their newest LCA, their sum so far and how often their sign has changed, for each objective and
     * update part. Empty: no such run here, or no layer of that name whose tensors are mapped to units.
     *
     * @param objective the only objective to return; null: all
     * @throws NotReadyException while partitions are being assigned
     * @throws IllegalArgumentException when there are too many units for one answer
     */
    public Optional<JsonObject> units(String run, String layer, @Nullable String objective) throws NotReadyException {
        Optional<Integer> layerIndex = book(run).getObjectivesList().stream()
                .flatMap(book -> book.getLayersList().stream())
                .filter(group -> group.getLayer().equals(layer))
                .map(GroupBook::getLayerIndex)
                .findFirst();
        if (layerIndex.isEmpty()) {
            return Optional.empty();
        }
        UnitsJson units = new UnitsJson();
        String prefix = UnitLedger.prefix(run, layerIndex.get());
        int partition = owner(run).partition();
        try (KeyValueIterator<String, UnitBook> books =
                this.<UnitBook>store(LedgerStores.UNITS_STORE, partition).prefixScan(prefix, new StringSerializer())) {
            while (books.hasNext()) {
                UnitBook book = books.next().value;
                if (objective == null || objective.equals(book.getObjective())) {
                    units.add(book);
                }
            }
        } catch (InvalidStateStoreException e) {
            throw notReady(e);
        }
        if (units.objectives().isEmpty()) {
            return Optional.empty();
        }
        JsonObject answer = new JsonObject();
        answer.addProperty("run", run);
        answer.addProperty("layer", layer);
        answer.addProperty("layer_index", layerIndex.get());
        answer.add("objectives", units.objectives());
        return Optional.of(answer);
    }

    private static JsonObject overview(String run, RunProgress progress, WindowBook book) {
        JsonObject answer = new JsonObject();
        answer.addProperty("run", run);
        answer.addProperty("status", status(progress).name());
        answer.addProperty("first_step", progress.getFirstStep());
        answer.addProperty("booked_before", progress.getBookedBefore());
        answer.addProperty("steps", book.getSteps());
        answer.addProperty("missing_steps", book.getMissingSteps());
        answer.addProperty("pending_steps", progress.getPendingSteps());
        if (book.hasLastTime()) {
            answer.addProperty("last_time", Timestamps.toString(book.getLastTime()));
        }
        JsonArray objectives = new JsonArray();
        rows(run, progress, book).stream()
                .filter(row -> row.getLayer().isEmpty())
                .forEach(row -> objectives.add(json(row)));
        answer.add("objectives", objectives);
        return answer;
    }

    private static List<WindowRow> rows(String run, RunProgress progress, WindowBook book) {
        return book.getObjectivesCount() == 0
                ? List.of()
                : WindowRows.ofRun(run, book, status(progress).getNumber()).stream()
                        .map(row -> (WindowRow) row.value())
                        .toList();
    }

    private static RunStatus status(RunProgress progress) {
        RunStatus outcome = RunStatus.forNumber(progress.getOutcome());
        return progress.getFinished()
                ? Objects.requireNonNullElse(outcome, RunStatus.RUN_STATUS_UNSPECIFIED)
                : RunStatus.RUN_STATUS_RUNNING;
    }

    /** Also empty when the run has ended and its books are no longer kept: the rest would be zeros. */
    private Optional<RunProgress> progress(String run) throws NotReadyException {
        Optional<RunProgress> progress = get(LedgerStores.PROGRESS_STORE, run);
        boolean kept = progress.isPresent()
                && (!progress.get().getFinished()
                        || get(LedgerStores.BOOKS_STORE, run).isPresent());
        return kept ? progress : Optional.empty();
    }

    private WindowBook book(String run) throws NotReadyException {
        Optional<RunBook> book = get(LedgerStores.BOOKS_STORE, run);
        return wholeRun(book.orElse(null));
    }

    private static WindowBook wholeRun(@Nullable RunBook book) {
        return book == null ? WindowBook.getDefaultInstance() : book.getWholeRun();
    }

    /** An entry of a run in a store; a partition that is still moving here differs from a missing entry. */
    private <V> Optional<V> get(String store, String run) throws NotReadyException {
        int partition = owner(run).partition();
        try {
            return Optional.ofNullable(this.<V>store(store, partition).get(run));
        } catch (InvalidStateStoreException e) {
            throw notReady(e);
        }
    }

    /** @throws InvalidStateStoreException when the partition is not here */
    private <V> ReadOnlyKeyValueStore<String, V> store(String name, int partition) throws NotReadyException {
        requireRunning();
        return streams.store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<String, V>keyValueStore())
                .withPartition(partition));
    }

    private void requireRunning() throws NotReadyException {
        State state = streams.state();
        if (state != State.RUNNING) {
            throw new NotReadyException("the processor is not ready: " + state);
        }
    }

    private static NotReadyException notReady(RuntimeException e) {
        return new NotReadyException("the processor is not ready: " + e.getMessage(), e);
    }

    private static JsonElement json(WindowRow row) {
        return JsonParser.parseString(new String(RowFormat.JSON.serialize(row), StandardCharsets.UTF_8));
    }

    private static String address(HostInfo host) {
        String name = host.host().contains(":") ? "[" + host.host() + "]" : host.host();
        return name + ":" + host.port();
    }
}
