package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.books.ShuffledRun;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that have waited are booked in portions, between records and without any, also by a processor that takes over. */
class DrainingTest {
    private static final int STEPS = 450;

    private final UpdateAllocator allocator = new UpdateAllocator(Optional.empty());
    private final List<String> rows = new ArrayList<>();
    private final List<StateStore> stores = new ArrayList<>();

    @TempDir
    Path directory;

    private ProcessorSettings settings;
    private BalanceStepsSupplier supplier;
    private MockProcessorContext<String, Row> context;
    private Processor<String, ChunkPartial, String, Row> processor;

    @BeforeEach
    void start() {
        settings = LedgerDriver.settings(directory);
        context = context();
        supplier = new BalanceStepsSupplier(settings, ProcessorListener.NONE);
        supplier.stores().forEach(builder -> {
            StateStore store =
                    builder.withCachingDisabled().withLoggingDisabled().build();
            store.init(context.getStateStoreContext(), store);
            stores.add(store);
        });
        takeOver();
    }

    @AfterEach
    void close() {
        stores.forEach(StateStore::close);
        stores.clear();
    }

    private MockProcessorContext<String, Row> context() {
        MockProcessorContext<String, Row> context =
                new MockProcessorContext<>(settings.streamsProperties(), new TaskId(0, 0), directory.toFile());
        context.setCurrentSystemTimeMs(0);
        return context;
    }

    private void takeOver() {
        context = context();
        stores.forEach(context::addStateStore);
        processor = supplier.get();
        processor.init(context);
    }

    @Test
    void aProcessorThatTakesOverGoesOnWithoutARecord() {
        Random random = new Random(3);
        ShuffledRun run = new ShuffledRun("r", STEPS, random);
        run.inOrder().forEach(this::process);
        List<String> live = List.copyOf(rows);
        rows.clear();
        close();
        directory = directory.resolve("other");
        start();

        List<Update> backwards = new ArrayList<>(run.shuffled(0, random));
        for (int i = backwards.size() - 1; i >= 0; i--) {
            process(backwards.get(i));
        }
        assertThat(rows).hasSizeBetween(live.size() / 10, live.size() / 2);
        takeOver();
        int punctuations = drain();

        assertThat(punctuations).isBetween(2, STEPS / 100 + 1);
        assertThat(rows).isEqualTo(live);
    }

    /** Steps of one update each, at these times; a backlog is older, and the clock of a trainer may be ahead. */
    @Test
    void asksForACommitOfLiveRowsOnceInAnInterval() {
        long now = 1_000_000;
        context.setCurrentSystemTimeMs(now);
        assertThat(isCommitAskedFor(0, now - 10_000)).as("backlog").isFalse();
        assertThat(isCommitAskedFor(1, now + 10_000)).as("ahead").isFalse();
        assertThat(isCommitAskedFor(2, now - 100)).as("live").isTrue();
        assertThat(isCommitAskedFor(3, now)).as("within the interval").isFalse();
        takeOver();
        context.setCurrentSystemTimeMs(now + 50);
        assertThat(isCommitAskedFor(4, now)).as("another task of the thread").isFalse();
        context.setCurrentSystemTimeMs(now + 100);
        assertThat(isCommitAskedFor(5, now + 90)).as("after it").isTrue();
    }

    private boolean isCommitAskedFor(int step, long timestamp) {
        context.resetCommit();
        for (Update update : Updates.step("live", step, 1)) {
            ChunkPartial chunk = allocator.allocate(update, timestamp);
            processor.process(new Record<>(update.getRun(), chunk, timestamp));
        }
        assertThat(context.forwarded()).isNotEmpty();
        context.resetForwards();
        return context.committed();
    }

    @Test
    void commitsNothingWhenNoStepIsDue() {
        process(ShuffledRun.anyOrder(Updates.step("r", 1, 1)[0]));
        process(ShuffledRun.anyOrder(Updates.step("r", 1, 1)[1]));
        assertThat(context.scheduledPunctuators()).hasSize(1); // the sweep

        takeOver();
        drain();
        assertThat(context.scheduledPunctuators())
                .filteredOn(schedule -> !schedule.cancelled())
                .hasSize(1);
    }

    private void process(Update update) {
        long timestamp = update.getStep();
        ChunkPartial chunk = allocator.allocate(update, timestamp);
        processor.process(new Record<>(update.getRun(), chunk, timestamp));
        collect();
    }

    /** Runs the schedules that are not cancelled until only the sweep is left; returns how often. */
    private int drain() {
        int times = 0;
        while (context.scheduledPunctuators().stream()
                        .filter(schedule -> !schedule.cancelled())
                        .count()
                > 1) {
            for (CapturedPunctuator schedule : context.scheduledPunctuators()) {
                if (!schedule.cancelled() && schedule.getInterval().equals(BalanceStepsProcessor.DRAIN_PERIOD)) {
                    schedule.getPunctuator().punctuate(times++);
                }
            }
            collect();
        }
        return times;
    }

    private void collect() {
        for (CapturedForward<? extends String, ? extends Row> forward : context.forwarded()) {
            Row row = forward.record().value();
            if (row.topic() != LedgerTopic.ALERT) {
                rows.add(row.topic() + "@" + forward.record().timestamp() + " " + row.value());
            }
        }
        context.resetForwards();
    }
}
