package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.ParameterRows;
import io.lossledger.streams.allocate.UnfitRuleException;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.MemoryStore;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.books.StepAssembler;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.topology.AllocateParametersProcessor;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.WindowBook;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * Books updates in this process, without Kafka Streams and as fast as possible. It runs the code of the processor, so
 * the same updates give the same rows, bit for bit. The books are on the heap: for each run that has not ended, one
 * open step, or those that wait when steps come in any order, and the newest LCA of each unit. Not thread-safe.
 */
public final class MemoryLedger {
    private static final int MAX_REASONS = 20;
    private static final int SWEEP_EVERY = 10_000;
    private static final String MORE_REASONS = "other reasons";

    private final UpdateAllocator allocator;
    private final LedgerStores stores = LedgerStores.inMemory();
    private final StepAssembler assembler;
    private final @Nullable ParameterRows parameters;
    private final StepRange range;
    private final RangeCut cut;
    private final boolean skipUnfit;
    private final RowSink sink;
    private final Map<String, ReplayedRun> runs = new HashMap<>();
    private final Map<String, Long> refused = new TreeMap<>();
    private long records;
    private long rows;
    private long duplicates;

    /**
     * An empty ledger.
     *
     * @param results what is booked in addition to steps
     * @param rule the rule for all objectives; empty: the best rule that their nodes allow, as in the processor
     * @param range the steps to book. Each run begins with the first of them: earlier steps are neither booked nor
     *     missing, and sums begin at zero. It ends after the last of them, with the outcome {@code UNSPECIFIED} if the
     *     run continued. A chord that reaches beyond the range is omitted
     * @param skipUnfit whether a step that the rule cannot be applied to is refused and counts as missing
     * @param sink receives the rows
     */
    public MemoryLedger(
            ResultSettings results, Optional<Quadrature> rule, StepRange range, boolean skipUnfit, RowSink sink) {
        this.allocator = new UpdateAllocator(rule);
        this.assembler = new StepAssembler(
                results, stores, ProcessorSettings.MAX_BOOK_BYTES, new Entries(), NOPLogger.NOP_LOGGER);
        this.parameters = results.parameters()
                ? new ParameterRows(
                        rule,
                        new MemoryStore<>(AllocateParametersProcessor.PROGRESS_STORE),
                        (key, row, timestamp) -> write(LedgerTopic.PARAMETER, key, row, timestamp))
                : null;
        this.range = range;
        this.cut = new RangeCut(range);
        this.skipUnfit = skipUnfit;
        this.sink = sink;
    }

    /**
     * Books a record of the update topic; refuses and counts one that cannot be booked.
     *
     * @throws UnfitRuleException when the rule cannot be applied and such steps are not skipped
     */
    public void book(byte @Nullable [] key, byte @Nullable [] value, long timestampMillis) {
        book(AllocatedRecord.of(key, value, timestampMillis, range, allocator));
    }

    /** Books a record that was allocated with this ledger's rule, which may have been done on another thread. */
    void book(AllocatedRecord record) {
        if (++records % SWEEP_EVERY == 0) {
            assembler.sweep();
        }
        try {
            Update update = record.update();
            if (update == null) {
                record.partial(); // throws what was wrong
                return;
            }
            long timestamp = record.timestampMillis();
            for (Update wanted : cut.apply(update, timestamp)) {
                book(
                        wanted,
                        timestamp,
                        range.equals(StepRange.ALL) ? record::partial : () -> allocator.allocate(wanted, timestamp));
            }
        } catch (InvalidUpdateException e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }

    private void book(Update update, long timestampMillis, Supplier<ChunkPartial> sums) {
        try {
            enter(sums.get());
        } catch (UnfitRuleException e) {
            if (!skipUnfit) {
                throw e;
            }
            refuse(String.valueOf(e.getMessage()));
            if (update.getAnyOrder()) {
                enter(allocator.allocate(lost(update, String.valueOf(e.getMessage())), timestampMillis));
            }
        } finally {
            // The processor ignores the result for the update, too.
            if (parameters != null) {
                parameters.enter(update, timestampMillis);
            }
        }
    }

    private void enter(ChunkPartial chunk) {
        try {
            assembler.enter(chunk);
        } finally {
            while (assembler.isBehind()) {
                assembler.drain();
            }
        }
    }

    /** Later steps would wait for one that is only refused. */
    private static Update lost(Update update, String reason) {
        return update.toBuilder()
                .setTensor(0)
                .setChunk(0)
                .setLost(SegmentLost.newBuilder().setReason(reason))
                .build();
    }

    /**
     * Called after the last update: ends the runs that have reached the end of the range, but not passed it in every
     * chunk.
     */
    public void endOfUpdates() {
        for (String run : List.copyOf(runs.keySet())) {
            if (!isFinished(run)) {
                long timestamp = cut.timestampMillis(run);
                cut.missingMarkers(run)
                        .forEach(marker -> book(marker, timestamp, () -> allocator.allocate(marker, timestamp)));
            }
        }
    }

    /** Called after the last update, when steps are gone: books what is left, also where it waits for them. */
    public void omitUnsentSteps(Collection<String> names) {
        UnsentSteps unsent = new UnsentSteps(stores);
        for (String run : names) {
            for (Optional<ChunkPartial> lost = unsent.next(run); lost.isPresent(); lost = unsent.next(run)) {
                enter(lost.get());
            }
        }
    }

    /** The progress of a run. */
    public ReplayedRun run(String run) {
        return runs.getOrDefault(run, ReplayedRun.NOTHING);
    }

    /** Whether no later record can change the books of the run. */
    public boolean isFinished(String run) {
        return run(run).finished();
    }

    /** Steps booked, of all runs. */
    public long steps() {
        return runs.values().stream().mapToLong(ReplayedRun::steps).sum();
    }

    /** Rows made. */
    public long rows() {
        return rows;
    }

    /** Chunks that arrived a second time. */
    public long duplicates() {
        return duplicates;
    }

    /** Records that could not be booked, by the rule that they broke. */
    public Map<String, Long> refused() {
        return Map.copyOf(refused);
    }

    private void refuse(String reason) {
        int end = reason.indexOf(". Found");
        String rule = end < 0 ? reason : reason.substring(0, end);
        refused.merge(refused.size() < MAX_REASONS || refused.containsKey(rule) ? rule : MORE_REASONS, 1L, Long::sum);
    }

    private void write(LedgerTopic topic, String key, Message row, long timestampMillis) {
        rows++;
        sink.accept(topic, key, row, timestampMillis);
    }

    private final class Entries implements StepAssembler.Output {
        @Override
        public void entered(String run, RunBook book, List<Row> entry, long timestampMillis) {
            for (Row row : entry) {
                write(row.topic(), run, row.value(), timestampMillis);
            }
            RunProgress progress = stores.progress().get(run);
            boolean finished = progress != null && progress.getFinished();
            WindowBook whole = book.getWholeRun();
            runs.put(
                    run,
                    new ReplayedRun(
                            whole.getFirstStep(),
                            whole.getLastStep(),
                            whole.getSteps(),
                            whole.getMissingSteps(),
                            finished));
            if (finished && stores.units() instanceof MemoryStore<?> units) {
                units.deletePrefix(run + '|');
            }
        }

        @Override
        public void duplicateChunk() {
            duplicates++;
        }

        @Override
        public void refusedStep(String reason) {
            refuse(reason);
        }
    }
}
