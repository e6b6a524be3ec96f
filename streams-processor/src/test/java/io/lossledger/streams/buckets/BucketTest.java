package io.lossledger.streams.buckets;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.MemoryLedger;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.v1.BucketBook;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.windows.WindowSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    /** Steps are missing, span several steps, and come twice; a layer is new in the middle; one objective is sampled. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void holdWhatTheRowsOfTheirStepsAddUpTo(int seed) {
        Random random = new Random(seed);
        int step = 0;
        for (int i = 0; i < 41; i++) {
            int covered = 1 + random.nextInt(3);
            step += covered + (random.nextInt(5) == 0 ? 2 : 0);
            Update[] updates = rich(step, covered, i, random);
            ledger.send(updates);
            if (random.nextInt(4) == 0) {
                ledger.send(updates);
            }
        }
        ledger.send(Updates.end("r", step + 3));

        List<BucketRow> found = ledger.buckets();
        List<BucketRow> expected =
                new PlainBuckets(ledger.steps(), ledger.layers()).ofEndedRun(RunStatus.RUN_STATUS_FINISHED);
        assertThat(found).hasSize(3 * 11).isEqualTo(expected);
        assertThat(found).anyMatch(row -> row.getLayerErrorStepsCount() > 0);
        assertThat(found).anyMatch(row -> row.getLayerNormStepsCount() > 0);
        assertThat(found).anyMatch(row -> row.getPartsCount() == 2);
        assertThat(found).anyMatch(row -> row.getLayerCount() == 2 && row.getStepsBefore() > 0);
        assertThat(found).anyMatch(row -> row.getLayerCount() == 0 && row.getSteps() > 0);
    }

    @Test
    void growWithTheRun() {
        List<BucketRow> found = new ArrayList<>();
        MemoryLedger memory = new MemoryLedger(
                ResultSettings.DEFAULT, Optional.empty(), StepRange.ALL, false, (topic, key, row, timestamp) -> {
                    if (row instanceof BucketRow bucket) {
                        found.add(bucket);
                    }
                });
        for (int step = 0; step < 16_500; step++) {
            Update update = one(step);
            memory.book(UpdateKey.of(update).getBytes(StandardCharsets.UTF_8), update.toByteArray(), step);
        }

        assertThat(found)
                .allSatisfy(row -> assertThat(row.getSteps())
                        .isEqualTo(row.getStepsBooked() - row.getStepsBefore())
                        .isEqualTo(row.getStepsBefore() < 8_192 ? 4 : row.getStepsBefore() < 16_384 ? 8 : 16));
        for (int i = 1; i < found.size(); i++) {
            assertThat(found.get(i).getStepsBefore()).isEqualTo(found.get(i - 1).getStepsBooked());
        }
        assertThat(found).hasSize(8_192 / 4 + 8_192 / 8 + (16_500 - 16_384) / 16);
    }

    @Test
    void haveALastRowEvenIfItHoldsNoStep() {
        for (int step = 0; step < 4; step++) {
            ledger.send(Updates.step("r", step, 1));
        }
        ledger.send(Updates.end("r", 4));

        List<BucketRow> rows = ledger.buckets();
        assertThat(rows)
                .isEqualTo(new PlainBuckets(ledger.steps(), ledger.layers()).ofEndedRun(RunStatus.RUN_STATUS_FINISHED));
        assertThat(rows).extracting(BucketRow::getSteps).containsExactly(4, 0);
        assertThat(rows).extracting(BucketRow::hasOutcome).containsExactly(false, true);
    }

    /** The books that an earlier version kept have no bucket. */
    @Test
    void areNotWrittenForARunThatAnEarlierVersionBegan() {
        ledger.send(Updates.step("old", 0, 1));
        RunBook book = (RunBook) ledger.store(LedgerStores.BOOKS_STORE).get("old");
        assertThat(book.hasBucket()).isTrue();
        ledger.store(LedgerStores.BOOKS_STORE)
                .put("old", book.toBuilder().clearBucket().build());
        for (int step = 1; step < 20; step++) {
            ledger.send(Updates.step("old", step, 1));
        }
        ledger.send(Updates.end("old", 20));

        assertThat(ledger.buckets()).isEmpty();
        assertThat(ledger.steps()).hasSize(20);
        assertThat(ledger.windows()).isNotEmpty();
    }

    /** An earlier version keeps what it does not know. It may take turns with this one while instances are replaced. */
    @Test
    void areNotWrittenAnyMoreAfterAnEarlierVersionHasBookedSteps() {
        for (int step = 0; step < 6; step++) {
            ledger.send(Updates.step("r", step, 1));
        }
        BucketBook kept = book("r").getBucket();
        ledger.send(Updates.step("r", 6, 1));
        ledger.store(LedgerStores.BOOKS_STORE)
                .put("r", book("r").toBuilder().setBucket(kept).build());
        for (int step = 7; step < 20; step++) {
            ledger.send(Updates.step("r", step, 1));
        }
        ledger.send(Updates.end("r", 20));

        assertThat(ledger.buckets()).extracting(BucketRow::getStepsBooked).containsExactly(4);
        assertThat(ledger.steps()).hasSize(20);
    }

    @Test
    void haveNoLastRowAfterAnEarlierVersionHasBookedSteps() {
        ledger.send(Updates.step("r", 0, 1));
        BucketBook kept = book("r").getBucket();
        ledger.send(Updates.step("r", 1, 1));
        ledger.store(LedgerStores.BOOKS_STORE)
                .put("r", book("r").toBuilder().setBucket(kept).build());
        ledger.send(Updates.end("r", 2));

        assertThat(ledger.buckets()).isEmpty();
    }

    @Test
    void areGivenUpBeforeStepsWhenTheBooksAreFull(@TempDir Path folder) {
        int most = 0;
        for (int step = 0; step < 9; step++) {
            ledger.send(Updates.layers("wide", step, new double[40]));
            most = Math.max(most, book("wide").toBuilder().clearBucket().build().getSerializedSize());
        }
        ProcessorSettings usual = LedgerDriver.settings(folder, WindowSpec.ofSteps(3));
        ProcessorSettings small = new ProcessorSettings(
                usual.bootstrapServers(),
                usual.applicationId(),
                usual.topics(),
                usual.format(),
                usual.results(),
                1,
                folder,
                Map.of("topic.max.message.bytes", Integer.toString((most / 3 + 1) * 4)));
        try (LedgerDriver limited = new LedgerDriver(small)) {
            for (int step = 0; step < 9; step++) {
                limited.send(Updates.layers("wide", step, new double[40]));
            }

            assertThat(limited.rejected()).isEmpty();
            assertThat(limited.steps()).isEqualTo(ledger.steps()).hasSize(9);
            assertThat(limited.buckets()).hasSizeLessThan(ledger.buckets().size());
        }
    }

    private RunBook book(String run) {
        return (RunBook) ledger.store(LedgerStores.BOOKS_STORE).get(run);
    }

    @Test
    void leaveNothingBehindInTheBooksOfARunThatHasEnded() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.end("r", 1));

        RunBook book = (RunBook) ledger.store(LedgerStores.BOOKS_STORE).get("r");
        assertThat(book.hasBucket()).isFalse();
    }

    private static Update one(int step) {
        double[] delta = {1 + step % 7};
        TensorChunk.Builder tensor = Updates.tensor(
                "0_W",
                ParameterRole.PARAMETER_ROLE_WEIGHT,
                1,
                delta,
                Updates.fill(1, 1),
                Updates.fill(1, 1),
                Updates.fill(1, 1));
        return Updates.chunk("r", step, 0, 0, tensor).toBuilder()
                .setChunksInStep(1)
                .build();
    }

    /** Two layers, the second from the twentieth segment on; objectives train, validation, and a sampled one in a stratum. */
    private static Update[] rich(int step, int covered, int place, Random random) {
        Update[] updates = new Update[2];
        boolean known = random.nextBoolean();
        double[] losses = random.doubles(6).toArray();
        for (int chunk = 0; chunk < 2; chunk++) {
            double[] delta = random.doubles(4, -1, 1).toArray();
            TensorChunk.Builder tensor = Updates.tensor(
                            chunk + "_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 2, delta, gradients(random))
                    .clearObjectives()
                    .setLayer(chunk == 0 || place < 20 ? "first" : "second")
                    .setLayerIndex(chunk == 0 || place < 20 ? 0 : 1);
            for (int i = 0; i < 3; i++) {
                ObjectiveChunk.Builder objective = Updates.tensor(
                                "", ParameterRole.PARAMETER_ROLE_WEIGHT, 2, delta, gradients(random))
                        .getObjectives(0)
                        .toBuilder()
                        .setName(i == 0 ? "train" : i == 1 ? "validation" : "sampled")
                        .setLossStart(losses[2 * i])
                        .setLossEnd(losses[2 * i + 1]);
                if (i == 2) {
                    objective
                            .setStratum("cats")
                            .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                            .setSamplingContrast(VectorBytes.encode(delta, 0, 4));
                }
                tensor.addObjectives(objective);
            }
            tensor.addParts(UpdatePart.newBuilder().setName("gradient").setDelta(tensor.getDelta()));
            tensor.addParts(UpdatePart.newBuilder()
                    .setName("momentum")
                    .setDelta(VectorBytes.encode(random.doubles(4).toArray(), 0, 4)));
            Update.Builder update =
                    Updates.chunk("r", step, chunk, chunk, tensor).toBuilder().setStepsCovered(covered);
            update.getFactsBuilder().setTime(Timestamp.newBuilder().setSeconds(1_700_000_000 + step));
            if (known) {
                update.getFactsBuilder().setMinibatchLoss(losses[0] / 2).setLearningRate(losses[1]);
            }
            updates[chunk] = update.build();
        }
        return updates;
    }

    private static double[][] gradients(Random random) {
        return new double[][] {
            random.doubles(4, -1, 1).toArray(),
            random.doubles(4, -1, 1).toArray(),
            random.doubles(4, -1, 1).toArray()
        };
    }
}
