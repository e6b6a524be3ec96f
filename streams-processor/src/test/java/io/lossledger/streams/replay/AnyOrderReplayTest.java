package io.lossledger.streams.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.books.ShuffledRun;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.topology.BalanceStepsProcessor;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.windows.WindowSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replays of runs whose steps come in any order. */
class AnyOrderReplayTest {
    private static final ResultSettings EVERYTHING =
            new ResultSettings(WindowSpec.parseList("3,6/2,5s"), 4, 0.05, 0.5, 6, true);
    private static final int STEPS = 80;

    private final SortedMap<LedgerTopic, List<String>> written = new TreeMap<>();
    private final List<StepRow> steps = new ArrayList<>();
    private final List<AlertRow> alerts = new ArrayList<>();

    @Test
    void writesWhatTheProcessorWrites(@TempDir Path directory) {
        Random random = new Random(4);
        List<Update> updates = new ShuffledRun("r", 400, random).shuffled(1_000_000, random);
        MemoryLedger ledger = ledger(StepRange.ALL, Optional.empty());
        try (LedgerDriver processor = new LedgerDriver(LedgerDriver.settings(directory, EVERYTHING))) {
            for (Update update : updates) {
                processor.sendAt(1_000L * update.getStep(), update);
                book(ledger, update);
            }
            for (int i = 0; i < 10; i++) {
                processor.advance(BalanceStepsProcessor.DRAIN_PERIOD);
            }
            for (LedgerTopic topic : written.keySet()) {
                assertThat(written.get(topic)).as("Rows of " + topic).isEqualTo(processor.canonical(topic));
            }
        }
        assertThat(written).containsKeys(LedgerTopic.STEP, LedgerTopic.WINDOW, LedgerTopic.PARAMETER);
        assertThat(ledger.isFinished("r")).isTrue();
    }

    /** As if the same range had been cut from the run in order. */
    @ParameterizedTest
    @CsvSource({"0, 30", "13, 40", "17, 1000", "50, 79"})
    void booksARange(int from, int to) {
        Random random = new Random(from + to);
        ShuffledRun run = new ShuffledRun("r", STEPS, random);
        StepRange range = new StepRange(from, to);
        MemoryLedger inOrder = ledger(range, Optional.empty());
        run.inOrder().forEach(update -> book(inOrder, update));
        inOrder.endOfUpdates();
        List<String> expected = written.get(LedgerTopic.STEP);
        List<String> layers = written.get(LedgerTopic.LAYER);
        written.clear();

        MemoryLedger ledger = ledger(range, Optional.empty());
        run.shuffled(1_000_000, random).forEach(update -> book(ledger, update));
        ledger.endOfUpdates();

        assertThat(written.get(LedgerTopic.STEP)).isEqualTo(expected);
        assertThat(written.get(LedgerTopic.LAYER)).isEqualTo(layers);
        assertThat(ledger.run("r")).isEqualTo(inOrder.run("r"));
        assertThat(ledger.isFinished("r")).isTrue();
    }

    @Test
    void booksWhatIsLeftOfARun() {
        MemoryLedger ledger = ledger(StepRange.ALL, Optional.empty());
        for (int step : new int[] {7, 3, 4, 9}) {
            for (Update update : Updates.step("r", step, 1)) {
                book(ledger, ShuffledRun.anyOrder(update));
            }
        }
        book(ledger, ShuffledRun.anyOrder(Updates.step("r", 5, 1)[0]));
        book(ledger, ShuffledRun.anyOrder(Updates.step("r", 11, 1)[0]));
        assertThat(steps).isEmpty();
        ledger.omitUnsentSteps(List.of("r"));

        assertThat(steps).extracting(StepRow::getStep).containsExactly(3, 4, 7, 9);
        assertThat(ledger.run("r")).isEqualTo(new ReplayedRun(3, 9, 4, 6, false));
    }

    @Test
    void omitsAStepThatTheRuleDoesNotFit() {
        MemoryLedger ledger = ledger(StepRange.ALL, Optional.of(Quadrature.simpson(2)));
        for (int step = 2; step >= 0; step--) {
            for (Update update : Updates.step("r", step, 1)) {
                Update.Builder chunk = ShuffledRun.anyOrder(update).toBuilder();
                if (step == 1 && update.getChunk() == 1) {
                    chunk.getTensorChunkBuilder()
                            .getObjectivesBuilder(0)
                            .getNodesBuilder()
                            .setNode(1, ByteString.EMPTY);
                }
                book(ledger, chunk.build());
            }
        }
        assertThat(steps).extracting(StepRow::getStep).containsExactly(0, 2);
        assertThat(ledger.refused()).isEqualTo(Map.of("rule: must be possible with the nodes that were sent", 1L));
        assertThat(alerts.get(0).getMessage()).startsWith("Step 1 is missing: rule: must be possible with the nodes");
    }

    private MemoryLedger ledger(StepRange range, Optional<Quadrature> rule) {
        return new MemoryLedger(EVERYTHING, rule, range, rule.isPresent(), this::write);
    }

    private void write(LedgerTopic topic, String key, Message row, long timestampMillis) {
        written.computeIfAbsent(topic, any -> new ArrayList<>())
                .add(key + "@" + timestampMillis + " " + new String(RowFormat.JSON.serialize(row), UTF_8));
        if (row instanceof StepRow step) {
            steps.add(step);
        } else if (row instanceof AlertRow alert) {
            alerts.add(alert);
        }
    }

    private static void book(MemoryLedger ledger, Update update) {
        ledger.book(UpdateKey.of(update).getBytes(UTF_8), update.toByteArray(), 1_000L * update.getStep());
    }
}
