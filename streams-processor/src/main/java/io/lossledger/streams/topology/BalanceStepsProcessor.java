package io.lossledger.streams.topology;

import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.StepAssembler;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Second stage: {@link StepAssembler} on Kafka's stores; forwards the resulting rows. */
public final class BalanceStepsProcessor extends ContextualProcessor<String, ChunkPartial, String, Row>
        implements StepAssembler.Output {
    public static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);
    public static final Duration DRAIN_PERIOD = Duration.ofMillis(100);

    private final ProcessorSettings settings;
    private final ProcessorListener listener;
    private final LiveCommits commits;
    private StepAssembler assembler;
    private RowStamp stamp;
    private @Nullable Cancellable draining;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    BalanceStepsProcessor(ProcessorSettings settings, ProcessorListener listener, LiveCommits commits) {
        this.settings = settings;
        this.listener = listener;
        this.commits = commits;
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
        draining = null;
        drainLater();
    }

    @Override
    public void process(Record<String, ChunkPartial> record) {
        try {
            assembler.enter(record.value());
        } finally {
            drainLater();
        }
    }

    /** Steps that had to wait are booked in portions, between records or without any. */
    private void drainLater() {
        if (draining == null && assembler.isBehind()) {
            draining = context().schedule(DRAIN_PERIOD, PunctuationType.WALL_CLOCK_TIME, now -> drain());
        }
    }

    private void drain() {
        assembler.drain();
        Cancellable schedule = draining;
        if (schedule != null && !assembler.isBehind()) {
            schedule.cancel(); // else it would commit again and again
            draining = null;
        }
    }

    @Override
    public void entered(String run, RunBook book, List<Row> rows, long timestampMillis) {
        for (Row row : rows) {
            context().forward(new Record<>(run, row, timestampMillis, stamp.headers()));
        }
        if (!rows.isEmpty() && commits.isDue(context().currentSystemTimeMs(), timestampMillis)) {
            context().commit();
        }
        listener.entered(context().taskId(), run, book, rows, timestampMillis);
    }

    @Override
    public void duplicateChunk() {
        listener.duplicateChunk();
    }

    @Override
    public void refusedStep(String reason) {
        // The log and an alert name the step; there is no record to set aside.
    }

    @Override
    public void close() {
        listener.closed(context().taskId());
    }
}
