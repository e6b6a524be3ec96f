package io.lossledger.streams;

import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import java.util.List;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
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

    private final Bookkeeper bookkeeper;
    private final int maxPendingSteps;
    private KeyValueStore<String, RunProgress> progress;
    private KeyValueStore<String, RunBook> books;
    private PendingSteps pending;
    private Sensor duplicates;
    private Sensor missing;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    BalanceStepsProcessor(int windowSteps, int maxPendingSteps) {
        this.bookkeeper = new Bookkeeper(windowSteps);
        this.maxPendingSteps = maxPendingSteps;
    }

    @Override
    public void init(ProcessorContext<String, Row> context) {
        super.init(context);
        progress = context.getStateStore(BalanceStepsSupplier.PROGRESS_STORE);
        books = context.getStateStore(BalanceStepsSupplier.BOOKS_STORE);
        pending = new PendingSteps(
                context.getStateStore(BalanceStepsSupplier.PENDING_STEPS_STORE),
                context.getStateStore(BalanceStepsSupplier.PENDING_CHUNKS_STORE));
        duplicates = sensor(context, "duplicate-chunks");
        missing = sensor(context, "missing-steps");
    }

    private static Sensor sensor(ProcessorContext<String, Row> context, String operation) {
        return context.metrics()
                .addRateTotalSensor("lossledger", context.taskId().toString(), operation, RecordingLevel.INFO);
    }

    @Override
    public void process(Record<String, ChunkPartial> record) {
        ChunkPartial chunk = record.value();
        RunProgress run = progress.get(chunk.getRun());
        if (run == null) {
            run = RunProgress.newBuilder()
                    .setBookedBefore(chunk.getFirstStep())
                    .setOpenFrom(chunk.getFirstStep())
                    .build();
        }
        if (run.getFinished() || chunk.getStep() < run.getOpenFrom()) {
            duplicates.record();
            return;
        }
        run = giveUpTooOld(run, chunk);
        switch (pending.add(chunk)) {
            case DUPLICATE -> duplicates.record();
            case WAITING -> {}
            case COMPLETE -> complete(run, chunk.getRun(), chunk.getStep());
        }
    }

    private RunProgress giveUpTooOld(RunProgress run, ChunkPartial chunk) {
        long oldest = chunk.getStep() - (long) maxPendingSteps * chunk.getStepsCovered() + 1;
        if (oldest <= run.getOpenFrom()) {
            return run;
        }
        log(chunk.getRun(), pending.giveUpBefore(chunk.getRun(), (int) oldest), "too many steps are waiting");
        RunProgress next = run.toBuilder().setOpenFrom((int) oldest).build();
        progress.put(chunk.getRun(), next);
        return next;
    }

    private void complete(RunProgress run, String name, int step) {
        List<ChunkPartial> chunks = pending.take(name, step);
        log(name, pending.giveUpBefore(name, step), "step " + step + " came complete after it");
        // Before anything can throw: a step whose chunks contradict each other must not be tried again.
        progress.put(name, run.toBuilder().setOpenFrom(step + 1).build());
        if (chunks.stream().allMatch(ChunkPartial::hasFinished)) {
            close(run, name, step, chunks);
        } else {
            enter(run, StepBalancer.balance(chunks));
        }
    }

    private void enter(RunProgress run, BalancedStep step) {
        Bookkeeper.Entry entry = bookkeeper.enter(book(step.run()), step, run.getBookedBefore());
        recordMissing(run.getBookedBefore(), step.step() - step.stepsCovered() + 1);
        int next = step.step() + 1;
        progress.put(
                step.run(),
                run.toBuilder().setBookedBefore(next).setOpenFrom(next).build());
        books.put(step.run(), entry.book());
        forward(entry.rows(), step.run(), step.timestampMillis());
    }

    private void close(RunProgress run, String name, int end, List<ChunkPartial> markers) {
        RunStatus outcome = markers.get(0).getFinished().getOutcome();
        long timestamp = markers.stream()
                .mapToLong(ChunkPartial::getTimestampMillis)
                .max()
                .orElseThrow();
        recordMissing(run.getBookedBefore(), end);
        forward(bookkeeper.close(book(name), name, run.getBookedBefore(), end, outcome), name, timestamp);
        books.delete(name);
        progress.put(name, run.toBuilder().setOpenFrom(end).setFinished(true).build());
        log.info("Run {} has ended: {}", name, outcome);
    }

    private RunBook book(String run) {
        RunBook book = books.get(run);
        return book == null ? RunBook.getDefaultInstance() : book;
    }

    private void forward(List<Row> rows, String run, long timestamp) {
        for (Row row : rows) {
            context().forward(new Record<>(run, row, timestamp));
        }
    }

    private void recordMissing(int from, int to) {
        if (to > from) {
            missing.record(to - from);
        }
    }

    private static void log(String run, List<PendingSteps.GivenUp> steps, String reason) {
        for (PendingSteps.GivenUp step : steps) {
            log.warn(
                    "Run {}: step {} is missing, {} of {} chunks came: {}",
                    run,
                    step.step(),
                    step.received(),
                    step.chunksInStep(),
                    reason);
        }
    }
}
