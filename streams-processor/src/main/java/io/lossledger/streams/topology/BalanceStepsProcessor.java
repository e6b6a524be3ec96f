package io.lossledger.streams.topology;

import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.StepAssembler;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.LoggerFactory;

/** Second stage: {@link StepAssembler} on Kafka's stores; forwards the resulting rows. */
public final class BalanceStepsProcessor extends ContextualProcessor<String, ChunkPartial, String, Row>
        implements StepAssembler.Output {
    public static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

    private final ProcessorSettings settings;
    private final ProcessorListener listener;
    private StepAssembler assembler;
    private RowStamp stamp;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    BalanceStepsProcessor(ProcessorSettings settings, ProcessorListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    @Override
    public void init(ProcessorContext<String, Row> context) {
        super.init(context);
        stamp = new RowStamp(context.applicationId());
        assembler = new StepAssembler(
                settings.results(),
                new LedgerStores(
                        context.getStateStore(LedgerStores.PROGRESS_STORE),
                        context.getStateStore(LedgerStores.BOOKS_STORE),
                        context.getStateStore(LedgerStores.UNITS_STORE),
                        context.getStateStore(LedgerStores.PENDING_STEPS_STORE),
                        context.getStateStore(LedgerStores.PENDING_CHUNKS_STORE)),
                settings.maxBookBytes(),
                this,
                LoggerFactory.getLogger(BalanceStepsProcessor.class));
        context.schedule(SWEEP_PERIOD, PunctuationType.WALL_CLOCK_TIME, now -> {
            assembler.sweep();
            listener.tick();
        });
    }

    @Override
    public void process(Record<String, ChunkPartial> record) {
        assembler.enter(record.value());
    }

    @Override
    public void entered(String run, RunBook book, List<Row> rows, long timestampMillis) {
        for (Row row : rows) {
            context().forward(new Record<>(run, row, timestampMillis, stamp.headers()));
        }
        listener.entered(context().taskId(), run, book, rows, timestampMillis);
    }

    @Override
    public void duplicateChunk() {
        listener.duplicateChunk();
    }

    @Override
    public void close() {
        listener.closed(context().taskId());
    }
}
