package io.lossledger.streams.topology;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.ParameterRows;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ParameterProgress;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Writes the LCA of every parameter, independently of the ledger. Skips an update that breaks the contract, because
 * {@link AllocateChunksProcessor} writes its dead letter.
 */
public final class AllocateParametersProcessor extends ContextualProcessor<byte[], byte[], String, Row> {
    public static final String PROGRESS_STORE = "parameter-progress";

    private ParameterRows rows;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    AllocateParametersProcessor() {}

    @Override
    public void init(ProcessorContext<String, Row> context) {
        super.init(context);
        RowStamp stamp = new RowStamp(context.applicationId());
        KeyValueStore<String, ParameterProgress> progress = context.getStateStore(PROGRESS_STORE);
        rows = new ParameterRows(
                Optional.empty(),
                progress,
                (key, row, timestamp) -> context()
                        .forward(new Record<>(key, new Row(LedgerTopic.PARAMETER, row), timestamp, stamp.headers())));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Update update;
        try {
            update = UpdateParser.parse(record.key(), record.value());
        } catch (InvalidUpdateException e) {
            return;
        }
        rows.enter(update, record.timestamp());
    }
}
