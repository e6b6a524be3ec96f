package io.lossledger.producer.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.worker.GroupProgress.Written;
import io.lossledger.protocol.PointKey;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupProgressTest {
    @Test
    void comesBackFromItsText() {
        GroupProgress progress = GroupProgress.NOTHING
                .by("0.1 on A;B=C,D")
                .with("a", new Written(3, 64))
                .with("b-1", new Written(0, 16))
                .with("a", new Written(9, 150));
        GroupProgress read = GroupProgress.parse(progress.at(77, Set.of("c")).toString());
        assertThat(read.isPast(77, "a")).isTrue();
        assertThat(read.isPast(78, "a")).isFalse();
        assertThat(read.isPast(77, "c")).isFalse();
        assertThat(read.build()).isEqualTo("0.1 on A_B_C_D");
        assertThat(read.of("a")).contains(new Written(9, 150));
        assertThat(read.of("b-1")).contains(new Written(0, 16));
        assertThat(read.of("c")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "x;a", "x;a=1", "x;a=1,2,3", "x;a=b,c", "x;a=-1,2", "x;a=99999999999,1"})
    void takesWhatItDoesNotUnderstandForNothing(String text) {
        assertThat(GroupProgress.parse(text).of("a")).isEmpty();
    }

    @Test
    void forgetsTheOldestRunsBeforeKafkaRefusesIt() {
        GroupProgress progress = GroupProgress.NOTHING;
        for (int run = 0; run < 200; run++) {
            progress = progress.with("r".repeat(60) + (1_000 + run), new Written(run, 16 * run));
        }
        String text = progress.toString();
        assertThat(text.length()).isBetween(3_900, 4_000);
        assertThat(GroupProgress.parse(text).of("r".repeat(60) + 1_199)).contains(new Written(199, 16 * 199));
        assertThat(GroupProgress.parse(text).of("r".repeat(60) + 1_000)).isEmpty();
    }

    /** Against a slow and obvious search. */
    @Test
    void findsTheLowestBlockThatIsNotWritten() {
        int partitions = 5;
        Map<Integer, GroupProgress> progress = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            progress.put(partition, GroupProgress.NOTHING);
        }
        Random random = new Random(3);
        NavigableSet<Integer> open = new TreeSet<>();
        for (int block = 0; block < 60; block++) {
            open.add(block);
        }
        while (open.size() > 20) {
            assertThat(GroupProgress.lowestOpen("run", progress, partitions))
                    .isEqualTo(open.first().longValue());
            int partition = random.nextInt(partitions);
            open.stream()
                    .filter(block -> PointKey.partition("run", block, partitions) == partition)
                    .findFirst()
                    .ifPresent(next -> {
                        open.remove(next);
                        progress.merge(
                                partition,
                                GroupProgress.NOTHING,
                                (old, unused) -> old.with("run", new Written(next, 0)));
                    });
        }
    }
}
