package io.lossledger.streams;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.WindowBook;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Second stage: collects the chunks of each step and publishes a step when all are in.
 *
 * <p>Each chunk's records come in step order, because their key is the same in every step. So when a step is complete,
 * every earlier step is complete too or has lost a chunk for good: it is given up at once, and no clock is needed. The end
 * marker comes once for every chunk and is treated as one more step, so a run closes only when all before it is settled.
 */
final class BalanceStepsProcessor extends ContextualProcessor<String, ChunkPartial, String, Row> {
    private static final Logger log = LoggerFactory.getLogger(BalanceStepsProcessor.class);

    /** Well below the largest record of a changelog. */
    static final int MAX_BOOK_BYTES = ProcessorSettings.MAX_RECORD_BYTES / 4 * 3;

    static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

    private final BooksListener listener;
    private final Bookkeeper bookkeeper;
    private final int maxPendingSteps;
    private KeyValueStore<String, RunProgress> progress;
    private KeyValueStore<String, RunBook> books;
    private UnitLedger units;
    private PendingSteps pending;
    private @Nullable String sweptTo;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    BalanceStepsProcessor(ResultSettings settings, BooksListener listener) {
        this.listener = listener;
        this.bookkeeper = new Bookkeeper(settings);
        this.maxPendingSteps = settings.maxPendingSteps();
    }

    @Override
    public void init(ProcessorContext<String, Row> context) {
        super.init(context);
        progress = context.getStateStore(BalanceStepsSupplier.PROGRESS_STORE);
        books = context.getStateStore(BalanceStepsSupplier.BOOKS_STORE);
        units = new UnitLedger(context.getStateStore(BalanceStepsSupplier.UNITS_STORE));
        pending = new PendingSteps(
                context.getStateStore(BalanceStepsSupplier.PENDING_STEPS_STORE),
                context.getStateStore(BalanceStepsSupplier.PENDING_CHUNKS_STORE));
        // Rows do not depend on when this happens.
        context.schedule(SWEEP_PERIOD, PunctuationType.WALL_CLOCK_TIME, now -> sweep());
    }

    private void sweep() {
        sweptTo = pending.sweep(sweptTo, this::isStale);
        listener.tick();
    }

    private boolean isStale(String name, int step) {
        RunProgress run = progress.get(name);
        return run != null && (run.getFinished() || step < run.getOpenFrom());
    }

    @Override
    public void close() {
        listener.closed(context().taskId());
    }

    @Override
    public void process(Record<String, ChunkPartial> record) {
        ChunkPartial chunk = record.value();
        RunProgress run = progress(chunk);
        if (run.getFinished() || chunk.getStep() < run.getOpenFrom()) {
            listener.duplicateChunk();
            return;
        }
        switch (pending.add(chunk)) {
            case DUPLICATE -> listener.duplicateChunk();
            case BEGUN -> begin(run, chunk);
            case WAITING -> {}
            case COMPLETE -> complete(run, chunk.getRun(), chunk.getStep());
        }
    }

    /** @throws InvalidUpdateException when the chunk contradicts the first one of its run */
    private RunProgress progress(ChunkPartial chunk) {
        RunProgress run = progress.get(chunk.getRun());
        if (run == null) {
            run = RunProgress.newBuilder()
                    .setBookedBefore(chunk.getFirstStep())
                    .setOpenFrom(chunk.getFirstStep())
                    .setFirstStep(chunk.getFirstStep())
                    .setChunksInStep(chunk.getChunksInStep())
                    .setSession(chunk.getSession())
                    .build();
            progress.put(chunk.getRun(), run);
            log.info(
                    "Run {} begins with step {}, {} chunks in a step",
                    chunk.getRun(),
                    run.getFirstStep(),
                    run.getChunksInStep());
        }
        requireSame("session", run.getSession(), chunk.getSession());
        requireSame("chunks_in_step", run.getChunksInStep(), chunk.getChunksInStep());
        requireSame("first_step", run.getFirstStep(), chunk.getFirstStep());
        return run;
    }

    private static void requireSame(String field, long expected, long found) {
        if (expected != found) {
            throw new InvalidUpdateException("update." + field + ": must be " + Long.toUnsignedString(expected)
                    + " as in the first record of the run. Found: " + Long.toUnsignedString(found));
        }
    }

    /** Bounds what waits: when too many steps have begun, the first is given up and an alert says so. */
    private void begin(RunProgress run, ChunkPartial chunk) {
        RunProgress.Builder next = run.toBuilder().setPendingSteps(run.getPendingSteps() + 1);
        if (next.getPendingSteps() > maxPendingSteps) {
            PendingSteps.GivenUp first = pending.giveUpFirst(chunk.getRun(), run.getOpenFrom());
            next.setPendingSteps(maxPendingSteps).setOpenFrom(first.step() + 1);
            Gap gap = new Gap(first.step(), first.step() + 1, List.of(first));
            log.warn("Run {}: {}, and {} later steps have begun", chunk.getRun(), gap.message(), maxPendingSteps);
            publish(chunk.getRun(), Bookkeeper.expire(book(chunk.getRun()), chunk, gap), chunk.getTimestampMillis());
        }
        progress.put(chunk.getRun(), next.build());
    }

    private void complete(RunProgress before, String name, int step) {
        List<ChunkPartial> chunks = pending.take(name, step);
        List<PendingSteps.GivenUp> givenUp = pending.giveUp(name, before.getOpenFrom(), step);
        int begun = chunks.size() > 1 ? 1 : 0;
        RunProgress run = before.toBuilder()
                .setOpenFrom(step + 1)
                .setPendingSteps(before.getPendingSteps() - begun - givenUp.size())
                .build();
        // Before anything can throw: a step that cannot be balanced must not be tried again.
        progress.put(name, run);
        if (chunks.stream().allMatch(ChunkPartial::hasFinished)) {
            close(run, name, chunks, new Gap(run.getBookedBefore(), step, givenUp));
        } else {
            enter(run, StepBalancer.balance(chunks), givenUp);
        }
    }

    private void enter(RunProgress run, BalancedStep step, List<PendingSteps.GivenUp> givenUp) {
        Gap gap = new Gap(run.getBookedBefore(), step.start(), givenUp);
        if (gap.to() < gap.from()) {
            throw new InvalidUpdateException("update.steps_covered: must begin at step " + gap.from()
                    + " or later, as those before it are booked. Found: " + step.stepsCovered() + " steps to step "
                    + step.step());
        }
        UnitLedger.Entry unitEntry = units.enter(step);
        Bookkeeper.Entry entry = bookkeeper.enter(book(step.run()), unitEntry.step(), gap);
        int bytes = entry.book().getSerializedSize();
        if (bytes > MAX_BOOK_BYTES) {
            throw new InvalidUpdateException("run " + step.run() + ": books must take at most " + MAX_BOOK_BYTES
                    + " bytes. Found: " + bytes + " with step " + step.step()
                    + " (too many layers, objectives, windows or names that change)");
        }
        tellMissing(step.run(), gap);
        progress.put(
                step.run(), run.toBuilder().setBookedBefore(step.step() + 1).build());
        units.put(unitEntry);
        publish(step.run(), entry, step.timestampMillis());
    }

    private void close(RunProgress run, String name, List<ChunkPartial> markers, Gap gap) {
        int outcome = markers.get(0).getFinished().getOutcomeValue();
        long timestamp = markers.stream()
                .mapToLong(ChunkPartial::getTimestampMillis)
                .max()
                .orElseThrow();
        tellMissing(name, gap);
        progress.put(
                name,
                run.toBuilder()
                        .setOpenFrom(gap.to())
                        .setFinished(true)
                        .setOutcome(outcome)
                        .build());
        publish(name, Bookkeeper.close(book(name), name, gap, outcome, timestamp), timestamp);
        WindowBook whole = book(name).getWholeRun();
        log.info("Run {} has ended: {} steps booked, {} missing", name, whole.getSteps(), whole.getMissingSteps());
    }

    private static void tellMissing(String run, Gap gap) {
        if (gap.steps() > 0) {
            log.warn("Run {}: {}", run, gap.message());
        }
    }

    private void publish(String run, Bookkeeper.Entry entry, long timestamp) {
        books.put(run, entry.book());
        for (Row row : entry.rows()) {
            context().forward(new Record<>(run, row, timestamp));
        }
        listener.entered(context().taskId(), run, entry.book(), entry.rows(), timestamp);
    }

    private RunBook book(String run) {
        RunBook book = books.get(run);
        return book == null ? RunBook.getDefaultInstance() : book;
    }
}
