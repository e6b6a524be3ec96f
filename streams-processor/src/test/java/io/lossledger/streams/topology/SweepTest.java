package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.StepRow;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.steps.PendingSteps;
import java.nio.file.Path;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many steps of which a chunk never came. */
class SweepTest {
    private static final int STEPS = 2 * PendingSteps.MOST_DELETED + 100;

    @Test
    void deletesManyStepsThatWereGivenUpBitByBit(@TempDir Path directory) {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            for (int step = 0; step < STEPS; step++) {
                ledger.send(Updates.step("r", step, 1)[0]);
            }
            ledger.send(Updates.step("waits", 0, 1)[0]);
            assertThat(entries(ledger)).isEqualTo(STEPS + 1);

            ledger.send(Updates.step("r", STEPS, 1));
            assertThat(ledger.steps())
                    .singleElement()
                    .extracting(StepRow::getMissingBefore)
                    .isEqualTo(STEPS);
            assertThat(entries(ledger)).isEqualTo(STEPS + 1 - PendingSteps.MOST_DELETED);

            for (int second = 0; second < 3; second++) {
                ledger.advance(BalanceStepsProcessor.SWEEP_PERIOD);
            }
            assertThat(entries(ledger)).isEqualTo(1);
            ledger.send(Updates.step("waits", 0, 1)[1]);
            assertThat(ledger.steps())
                    .singleElement()
                    .extracting(StepRow::getRun)
                    .isEqualTo("waits");
        }
    }

    private static long entries(LedgerDriver ledger) {
        long count = 0;
        try (KeyValueIterator<String, ?> all =
                ledger.store(LedgerStores.PENDING_STEPS_STORE).all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }
}
