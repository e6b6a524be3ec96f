package io.lossledger.streams.topology;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.lossledger.protocol.ProtobufSerde;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Creates the processors of the second stage and owns their stores. */
final class BalanceStepsSupplier implements ProcessorSupplier<String, ChunkPartial, String, Row> {
    private final ProcessorSettings settings;
    private final ProcessorListener listener;
    private final LiveCommits commits;

    BalanceStepsSupplier(ProcessorSettings settings, ProcessorListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.commits = new LiveCommits(
                new StreamsConfig(settings.streamsProperties()).getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG));
    }

    @Override
    public Processor<String, ChunkPartial, String, Row> get() {
        return new BalanceStepsProcessor(settings, listener, commits);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(
                store(LedgerStores.PROGRESS_STORE, RunProgress.parser()),
                store(LedgerStores.BOOKS_STORE, RunBook.parser()),
                store(LedgerStores.UNITS_STORE, UnitBook.parser()),
                store(LedgerStores.PENDING_STEPS_STORE, PendingStep.parser()),
                store(LedgerStores.PENDING_CHUNKS_STORE, ChunkPartial.parser()));
    }

    /** Cached, so entries that are put and deleted between two commits never reach the disk or the changelog. */
    static <T extends MessageLite> StoreBuilder<?> store(String name, Parser<T> parser) {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(name), Serdes.String(), new ProtobufSerde<>(parser))
                .withCachingEnabled();
    }
}
