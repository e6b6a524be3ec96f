package io.lossledger.dashboards.live.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.dashboards.live.history.BucketTable.Merge;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTableTest {
    /** All that was put, kept forever. */
    private record Row(long step, double summed, double newest) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 17, 31, 32, 33, 100, 1_000})
    void holdsWhatASlowTableHolds(int steps) {
        BucketTable table = new BucketTable(16);
        int sum = table.addColumn(Merge.SUM);
        int last = table.addColumn(Merge.LAST);
        List<Row> rows = new ArrayList<>();
        Random random = new Random(steps);
        long step = 1_000_000;
        for (int i = 0; i < steps; i++) {
            step += 1 + random.nextInt(3); // steps may be missing
            rows.add(new Row(step, random.nextGaussian(), random.nextGaussian()));
            int bucket = table.bucketOf(step);
            table.put(sum, bucket, rows.get(i).summed());
            table.put(last, bucket, rows.get(i).newest());
        }

        int perBucket = 1;
        while ((steps + perBucket - 1) / perBucket > 16) {
            perBucket *= 2;
        }
        assertThat(table.stepsPerBucket()).isEqualTo(perBucket);
        assertThat(table.size()).isEqualTo((steps + perBucket - 1) / perBucket);
        for (int bucket = 0; bucket < table.size(); bucket++) {
            List<Row> its = rows.subList(bucket * perBucket, Math.min(steps, (bucket + 1) * perBucket));
            assertThat(table.firstStep(bucket)).isEqualTo(its.get(0).step());
            assertThat(table.lastStep(bucket)).isEqualTo(its.get(its.size() - 1).step());
            assertThat(table.steps(bucket)).isEqualTo(its.size());
            assertThat(table.get(sum, bucket))
                    .isCloseTo(its.stream().mapToDouble(Row::summed).sum(), Offset.offset(1e-9));
            assertThat(table.get(last, bucket))
                    .isEqualTo(its.get(its.size() - 1).newest());
        }
    }

    @Test
    void aColumnThatLagsBehindFindsItsBuckets() {
        BucketTable table = new BucketTable(4);
        int ahead = table.addColumn(Merge.SUM);
        int behind = table.addColumn(Merge.SUM);
        for (int step = 0; step < 10; step++) {
            table.put(ahead, table.bucketOf(step), 1);
        }
        for (int step = 0; step < 10; step++) {
            table.put(behind, table.bucketOf(step), 1);
        }

        assertThat(table.size()).isEqualTo(3);
        for (int bucket = 0; bucket < 3; bucket++) {
            assertThat(table.get(behind, bucket))
                    .isEqualTo(table.get(ahead, bucket))
                    .isEqualTo(table.steps(bucket));
        }
    }

    @Test
    void keepsNonFiniteValuesAndMarksMissingOnes() {
        BucketTable table = new BucketTable(2);
        int sum = table.addColumn(Merge.SUM);
        int never = table.addColumn(Merge.LAST);
        table.put(sum, table.bucketOf(0), Double.NaN);
        for (int step = 1; step < 8; step++) {
            table.put(sum, table.bucketOf(step), 1);
        }

        assertThat(table.get(sum, 0)).isNaN();
        assertThat(table.get(sum, 1)).isEqualTo(4);
        assertThat(table.has(sum, 0)).isTrue();
        assertThat(table.has(never, 0)).isFalse();
    }

    @Test
    void reportsTheFirstChangedBucket() {
        BucketTable table = new BucketTable(8);
        int column = table.addColumn(Merge.SUM);
        for (int step = 0; step < 4; step++) {
            table.put(column, table.bucketOf(step), 1);
        }
        long seen = table.version();
        assertThat(table.firstChangedSince(seen)).isEqualTo(4);

        table.put(column, table.bucketOf(4), 1);
        assertThat(table.firstChangedSince(seen)).isEqualTo(4);
        table.put(column, table.bucketOf(2), 1);
        assertThat(table.firstChangedSince(seen)).isEqualTo(2);
    }

    @Test
    void needsAnEvenCapacity() {
        assertThatThrownBy(() -> new BucketTable(7)).hasMessage("capacity: must be even and at least 2. Found: 7");
    }

    /** Blocks of four after an odd number of steps, so that neighbours merge before all places are taken. */
    @Test
    void blocksOfStepsTakeTheBucketsOfTheirSteps() {
        BucketTable table = new BucketTable(8);
        int sum = table.addColumn(BucketTable.Merge.SUM);
        for (int step = 0; step < 3; step++) {
            table.put(sum, table.bucketOf(step), 1);
        }
        for (int block = 3; block < 43; block += 4) {
            table.put(sum, table.bucketOf(block, block + 3, 4), 4);
        }
        table.put(sum, table.bucketOf(43), 1);

        int next = 0;
        double total = 0;
        for (int bucket = 0; bucket < table.size(); bucket++) {
            assertThat(table.firstStep(bucket)).isEqualTo(next);
            assertThat(table.steps(bucket)).isEqualTo((int) (table.lastStep(bucket) - next + 1));
            assertThat(table.get(sum, bucket)).isEqualTo(table.steps(bucket));
            total += table.get(sum, bucket);
            next += table.steps(bucket);
        }
        assertThat(total).isEqualTo(44);
        assertThat(table.size()).isLessThanOrEqualTo(8);
        assertThat(table.stepsPerBucket()).isEqualTo(8);
    }
}
