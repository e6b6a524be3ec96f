package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page of at most 64 points, so that 132 steps are a long run. */
class RunFeedBucketsTest {
    private static final int SIZE = 4;
    private static final long LITTLE = 0;

    private final RunFeed fromRows = feed();
    private final RunFeed fromBuckets = feed();

    @ParameterizedTest
    @CsvSource({"133, 1", "200, 2", "311, 3", "1000, 4"})
    void theDocumentsFromBucketsAndTheRowsAfterThemAreThoseFromAllRows(int segments, int seed) {
        RandomRun run = new RandomRun(segments, seed);
        for (int i = 0; i < segments; i++) {
            accept(fromRows, rows(run, i, i + 1));
        }
        assertThat(buckets(fromBuckets, run.buckets(SIZE))).isTrue();
        int held = segments / SIZE * SIZE;
        accept(fromBuckets, rows(run, held - 1, segments));
        assertSameDocuments(run);

        // after an error, the same rows come again
        fromBuckets.start(List.of());
        accept(fromBuckets, rows(run, held - 1, segments));
        fromRows.start(List.of());
        assertSameDocuments(run);
    }

    @Test
    void theBucketsOfAnEndedRunAreEnough() {
        RandomRun run = new RandomRun(302, 5);
        accept(fromRows, rows(run, 0, 302));
        accept(
                fromRows,
                List.of(record(
                        LedgerTopic.WINDOW,
                        WindowRow.newBuilder()
                                .setKind(WindowKind.WINDOW_KIND_RUN)
                                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                                .build())));
        List<BucketRow> all = new ArrayList<>(run.buckets(SIZE));
        all.addAll(run.lastBucket(SIZE));
        assertThat(buckets(fromBuckets, all)).isTrue();

        assertThat(fromBuckets.buckets().orElseThrow().isEnded()).isTrue();
        assertSameDocuments(run);
    }

    @Test
    void rowsThatComeTwiceCountOnce() {
        RandomRun run = new RandomRun(140, 6);
        accept(fromRows, rows(run, 0, 140));
        List<BucketRow> twice = new ArrayList<>(run.buckets(SIZE));
        twice.addAll(run.buckets(SIZE));
        assertThat(buckets(fromBuckets, twice)).isTrue();
        accept(fromBuckets, rows(run, 100, 140));

        assertSameDocuments(run);
    }

    /** Two processors of different names write the same rows, so that the second row of a bucket may be the first once more. */
    @Test
    void rowsOfABucketThatComeTwiceCountOnce() {
        RandomRun run = new RandomRun(140, 6);
        accept(fromRows, rows(run, 0, 140));
        List<BucketRow> twice =
                run.buckets(SIZE).stream().flatMap(row -> Stream.of(row, row)).toList();
        assertThat(buckets(fromBuckets, twice)).isTrue();
        accept(fromBuckets, rows(run, 100, 140));

        assertSameDocuments(run);
    }

    @Test
    void bucketsOfMoreObjectivesThanThePageOffersAreNotUsed() {
        List<BucketRow> buckets = new ArrayList<>(new RandomRun(200, 7).buckets(SIZE));
        BucketRow last = buckets.get(buckets.size() - 1);
        buckets.add(last.toBuilder()
                .setStepsBefore(last.getStepsBooked())
                .setRows(65)
                .build());

        assertThat(buckets(fromBuckets, buckets)).isFalse();
    }

    /** A hole, a first bucket of a run that an earlier version began, one objective without its row, a time that is none. */
    @Test
    void bucketsThatDoNotFollowOneAnotherAreNotUsed() {
        List<BucketRow> buckets = new RandomRun(200, 7).buckets(SIZE);
        List<BucketRow> hole = new ArrayList<>(buckets);
        hole.subList(40, 42).clear();
        assertThat(buckets(fromBuckets, hole)).isFalse();
        assertThat(buckets(fromBuckets, buckets.subList(2, buckets.size()))).isFalse();
        assertThat(buckets(fromBuckets, buckets.subList(0, buckets.size() - 1))).isFalse();
        List<BucketRow> timeless = new ArrayList<>(buckets);
        timeless.set(
                9,
                buckets.get(9).toBuilder()
                        .setTime(Timestamp.newBuilder().setNanos(-1))
                        .build());
        assertThat(buckets(fromBuckets, timeless)).isFalse();
        assertThat(buckets(fromBuckets, List.of())).isFalse();

        assertThat(Frames.numbers(document(fromBuckets, "train"), "last")).isEmpty();
        assertThat(buckets(fromBuckets, buckets)).isTrue();
    }

    /** 128 steps fit into 64 points of two each. */
    @Test
    void bucketsAreNotUsedForARunThatItsRowsDrawFiner() {
        assertThat(buckets(fromBuckets, new RandomRun(128, 8).buckets(SIZE))).isFalse();
        assertThat(buckets(fromBuckets, new RandomRun(132, 8).buckets(SIZE))).isTrue();
    }

    @Test
    void clientsGetASnapshotWhenTheBucketsAreReplacedByRows() {
        RandomRun run = new RandomRun(200, 9);
        accept(fromRows, rows(run, 0, 200));
        buckets(fromBuckets, run.buckets(SIZE));
        Frame before =
                fromBuckets.frames(new ObjectiveKey("train", "")).after(null).orElseThrow();
        fromBuckets.forgetBuckets();
        accept(fromBuckets, rows(run, 0, 200));

        assertThat(fromBuckets.buckets()).isEmpty();
        assertSameDocuments(run);
        Frame after =
                fromBuckets.frames(new ObjectiveKey("train", "")).after(before).orElseThrow();
        assertThat(Frames.event(after)).isEqualTo("snapshot");
    }

    @Test
    void historiesOfManyObjectivesTakeNoMoreMemoryThanGiven() {
        RunFeed small = new RunFeed(SyntheticRows.manifest("r", 100), "lossledger.", 0.01, 1 << 20);
        for (int step = 0; step < 5_000; step++) {
            SyntheticRows.feedStep(small, step, 1);
        }
        // 104 points of 11 + 12 · 100 doubles would be a mebibyte
        assertThat(Frames.numbers(document(small, "train"), "last")).hasSizeBetween(53, 108);
    }

    private void assertSameDocuments(RandomRun run) {
        for (String objective : RandomRun.OBJECTIVES) {
            ObjectiveKey key = new ObjectiveKey(objective, "");
            assertThat(document(fromBuckets, objective)).isEqualTo(document(fromRows, objective));
            int newest = run.booked.get(run.booked.size() - 1);
            for (int from = 0; from < newest; from += 1 + newest / 5) {
                for (int to = from; to <= newest; to += 1 + newest / 7) {
                    assertThat(fromBuckets.layers(key, from, to)).isEqualTo(fromRows.layers(key, from, to));
                }
            }
        }
    }

    private static com.google.gson.JsonObject document(RunFeed feed, String objective) {
        return Frames.json(
                feed.frames(new ObjectiveKey(objective, "")).after(null).orElseThrow());
    }

    private static RunFeed feed() {
        return new RunFeed(SyntheticRows.manifest("r", 3), "lossledger.", 0.01, LITTLE);
    }

    /** Whether they are used. */
    private static boolean buckets(RunFeed feed, List<BucketRow> rows) {
        feed.beginBuckets();
        for (BucketRow row : rows) {
            try {
                feed.accept(row);
            } catch (IllegalArgumentException e) { // as RunStart does
                feed.rejectBuckets();
            }
        }
        feed.endBuckets();
        return feed.buckets().isPresent();
    }

    private static void accept(RunFeed feed, List<ConsumerRecord<String, byte[]>> rows) {
        feed.accept(rows);
    }

    /** The rows of some booked steps. */
    private static List<ConsumerRecord<String, byte[]>> rows(RandomRun run, int from, int to) {
        List<Integer> steps = run.booked.subList(from, to);
        Stream<ConsumerRecord<String, byte[]>> layers = run.layers.stream()
                .filter((LayerRow row) -> steps.contains(row.getStep()))
                .map(row -> record(LedgerTopic.LAYER, row));
        Stream<ConsumerRecord<String, byte[]>> models = run.steps.stream()
                .filter((StepRow row) -> steps.contains(row.getStep()))
                .map(row -> record(LedgerTopic.STEP, row));
        return Stream.concat(layers, models).toList();
    }

    private static ConsumerRecord<String, byte[]> record(LedgerTopic topic, Message row) {
        return new ConsumerRecord<>(topic.named("lossledger."), 0, 0, "r", RowFormat.PROTOBUF.serialize(row));
    }
}
