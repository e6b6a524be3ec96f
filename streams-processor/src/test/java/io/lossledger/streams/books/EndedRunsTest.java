package io.lossledger.streams.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;

class EndedRunsTest {
    private final LedgerStores stores = LedgerStores.inMemory();
    private final EndedRuns ended = new EndedRuns(stores, 3, 5);

    @Test
    void keepsTheBooksOfTheNewestAndThatTheOthersHaveEnded() {
        stores.progress().put("open", RunProgress.getDefaultInstance());
        stores.books().put("open", RunBook.getDefaultInstance());
        // Their names sort against the order in which they end.
        for (int i = 20; i > 0; i--) {
            end("run-" + (i + 10));
        }
        assertThat(keys(stores.books())).containsExactly("open", "run-11", "run-12", "run-13");
        assertThat(keys(stores.units())).containsExactly("run-11|0", "run-12|0", "run-13|0");
        assertThat(keys(stores.progress())).containsExactly("open", "run-11", "run-12", "run-13", "run-14", "run-15");
    }

    @Test
    void dropsFirstThoseThatEndedBeforeTheyWereCounted() {
        for (String run : List.of("a", "b", "c", "d", "e", "f")) {
            stores.progress()
                    .put(run, RunProgress.newBuilder().setFinished(true).build());
            stores.books().put(run, RunBook.getDefaultInstance());
        }
        end("z");
        assertThat(keys(stores.books())).containsExactly("a", "b", "z");
        assertThat(keys(stores.progress())).containsExactly("a", "b", "c", "d", "z");
    }

    private void end(String run) {
        stores.books().put(run, RunBook.getDefaultInstance());
        stores.units().put(run + "|0", UnitBook.getDefaultInstance());
        ended.add(run, RunProgress.newBuilder().setFinished(true).build());
    }

    private static List<String> keys(KeyValueStore<String, ?> store) {
        List<String> keys = new ArrayList<>();
        try (var all = store.all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }
}
