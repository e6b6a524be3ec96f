package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.books.LedgerStores;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stores hold depends on the runs that are open, and not on how long they have been going. */
class StateSizeTest {
    private static final int STEPS = 300;
    /** Counters are varints: a number ten times as large may take a byte more. */
    private static final int VARINT_BYTES = 40;

    private record Size(long entries, long bytes) {}

    @Test
    void holdsNoMoreAfterTenTimesTheSteps(@TempDir Path directory) {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            send(ledger, 0, STEPS);
            Size after = size(ledger);
            send(ledger, STEPS, 10 * STEPS);
            Size later = size(ledger);
            System.out.println("state: " + after + " after " + STEPS + " steps, " + later + " after ten times as many");

            assertThat(after.entries()).isPositive();
            assertThat(later.entries()).isEqualTo(after.entries());
            assertThat(later.bytes()).isLessThan(after.bytes() + VARINT_BYTES);
        }
    }

    @Test
    void holdsTheProgressTheBalanceAndTheUnitsOfRunsThatHaveEnded(@TempDir Path directory) {
        try (LedgerDriver ledger = new LedgerDriver(directory)) {
            send(ledger, 0, 10);
            ledger.send(Updates.end("long", 10));
            ledger.send(Updates.end("gaps", 10));

            assertThat(size(ledger).entries()).isEqualTo(2 * 3);
        }
    }

    private static void send(LedgerDriver ledger, int from, int to) {
        for (int step = from; step < to; step++) {
            ledger.send(Updates.step("long", step, step % 7 - 3));
            // Of every ninth step a chunk is lost: it is given up with the next one.
            if (step % 9 == 8) {
                continue;
            }
            ledger.send(Updates.step("gaps", step, 1)[0]);
            if (step % 9 != 4) {
                ledger.send(Updates.step("gaps", step, 1)[1]);
            }
        }
        ledger.canonical(LedgerTopic.LAYER);
    }

    private static Size size(LedgerDriver ledger) {
        long entries = 0;
        long bytes = 0;
        for (String store : List.of(
                LedgerStores.PROGRESS_STORE,
                LedgerStores.BOOKS_STORE,
                LedgerStores.UNITS_STORE,
                LedgerStores.PENDING_STEPS_STORE,
                LedgerStores.PENDING_CHUNKS_STORE)) {
            try (KeyValueIterator<String, MessageLite> all = ledger.store(store).all()) {
                while (all.hasNext()) {
                    var entry = all.next();
                    entries++;
                    bytes += entry.key.length() + entry.value.getSerializedSize();
                }
            }
        }
        return new Size(entries, bytes);
    }
}
