package io.lossledger.streams;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.LoggerFactory;

/** Second stage: {@link StepBooks} on Kafka's stores; what is booked goes on as rows. */
final class BalanceStepsProcessor extends ContextualProcessor<String, ChunkPartial, String, Row>
        implements StepBooks.Output {
    static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

    private final ProcessorSettings settings;
    private final BooksListener listener;
    private StepBooks books;
    private RowStamp stamp;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    BalanceStepsProcessor(ProcessorSettings settings, BooksListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    @Override
    public void init(ProcessorContext<String, Row> context) {
        super.init(context);
        stamp = new RowStamp(context.applicationId());
        books = new StepBooks(
                settings.results(),
                new BookStores(
                        context.getStateStore(BookStores.PROGRESS_STORE),
                        context.getStateStore(BookStores.BOOKS_STORE),
                        context.getStateStore(BookStores.UNITS_STORE),
                        context.getStateStore(BookStores.PENDING_STEPS_STORE),
                        context.getStateStore(BookStores.PENDING_CHUNKS_STORE)),
                settings.maxBookBytes(),
                this,
                LoggerFactory.getLogger(BalanceStepsProcessor.class));
        context.schedule(SWEEP_PERIOD, PunctuationType.WALL_CLOCK_TIME, now -> {
            books.sweep();
            listener.tick();
        });
    }

    @Override
    public void process(Record<String, ChunkPartial> record) {
        books.enter(record.value());
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
