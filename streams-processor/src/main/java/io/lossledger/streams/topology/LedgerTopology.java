package io.lossledger.streams.topology;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.ProtobufSerde;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ParameterProgress;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * The application at a glance: updates → allocate-chunks → balance-steps → rows, and, if requested, updates →
 * allocate-parameters → rows.
 */
public final class LedgerTopology {
    static final String BALANCE_STEPS = "balance-steps";

    private LedgerTopology() {}

    public static Topology build(ProcessorSettings settings, ProcessorListener listener) {
        String prefix = settings.topics().prefix();
        StreamsBuilder builder =
                new StreamsBuilder(new TopologyConfig(new StreamsConfig(settings.streamsProperties())));
        KStream<byte[], byte[]> updates = builder.stream(
                LedgerTopic.UPDATE.named(prefix),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        // Kafka's own extractor stops the application at a record without a timestamp.
                        .withTimestampExtractor((update, last) -> inRange(update.timestamp()))
                        .withName("read-updates"));
        Produced<String, Row> rows = Produced.with(Serdes.String(), new RowSerde(settings.format()));
        updates.process(AllocateChunksProcessor::new, Named.as("allocate-chunks"))
                .repartition(Repartitioned.with(Serdes.String(), new ProtobufSerde<>(ChunkPartial.parser()))
                        .withName("chunks-by-run"))
                .process(new BalanceStepsSupplier(settings, listener), Named.as(BALANCE_STEPS))
                .to(new RowTopic(prefix), rows.withName("write-rows"));
        if (settings.results().parameters()) {
            builder.addStateStore(
                    BalanceStepsSupplier.store(AllocateParametersProcessor.PROGRESS_STORE, ParameterProgress.parser()));
            updates.process(
                            AllocateParametersProcessor::new,
                            Named.as("allocate-parameters"),
                            AllocateParametersProcessor.PROGRESS_STORE)
                    .to(new RowTopic(prefix), rows.withName("write-parameters"));
        }
        return builder.build();
    }

    /** The years 1970 to 9999, which a row's time can hold. */
    public static long inRange(long timestampMillis) {
        return Math.min(Math.max(0, timestampMillis), Timestamps.toMillis(Timestamps.MAX_VALUE));
    }
}
