package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Preset;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that a training saved every few steps give the rows of the chords that the same training measures itself. */
class CheckpointsIT {
    private static final int EVERY = 5;
    private static final int STEPS = 4 * EVERY;
    private static final int IMAGES = 300;
    private static final int SIDE = 28;

    @Test
    void measuresTheChordsBetweenSavedNetworks(@TempDir Path directory) throws Exception {
        Path images = Files.createDirectory(directory.resolve("images"));
        writeImages(images);
        Path saved = Files.createDirectory(directory.resolve("saved"));
        Files.writeString(saved.resolve("notes.txt"), "not a network");
        try (RunningLedger ledger = RunningLedger.start(directory.resolve("kafka"))) {
            train(ledger, settings("live", STEPS, images, Optional.empty(), Optional.empty()));
            Optional<Path> before = Optional.empty();
            for (int end = EVERY; end <= STEPS; end += EVERY) {
                Optional<Path> next = Optional.of(saved.resolve("network-" + end + ".zip"));
                train(ledger, settings("part-" + end, EVERY, images, before, next));
                before = next;
            }
            try (LedgerCommand measure = LedgerCommand.run(
                    "measure",
                    "--bootstrap-server",
                    ledger.bootstrapServers(),
                    "--run",
                    "saved",
                    "--checkpoints",
                    saved,
                    "--data",
                    images)) {
                assertThat(measure.exitCode()).as(measure.errors()).isZero();
                assertThat(measure.output()).contains("recorded: run=saved networks=4 first-step=5 every=5 lost=0");
            }
            WindowRow closing = ledger.closing("saved");
            assertThat(closing.getSteps()).isEqualTo(3);
            assertThat(closing.getMissingSteps()).isZero();
            assertThat(rows(ledger, "saved")).isNotEmpty().isEqualTo(rows(ledger, "live"));
        }
    }

    /** Without what is summed from the start of the run. */
    private static List<LayerRow> rows(RunningLedger ledger, String run) throws Exception {
        return ledger.rows(LedgerTopic.LAYER, run, LayerRow.class).stream()
                .filter(row -> row.getStep() >= EVERY)
                .map(row -> row.toBuilder()
                        .clearRun()
                        .clearTime()
                        .clearCumulativeLca()
                        .clearSignChanges()
                        .build())
                .toList();
    }

    private static void train(RunningLedger ledger, TrainSettings settings) throws Exception {
        // Chunks of the size that the command has, because sums depend on it in their last bits.
        PublisherSettings publishing = new PublisherSettings(
                "lossledger.",
                PublisherSettings.DEFAULT_CHUNK_BYTES,
                PublisherSettings.DEFAULT_PATIENCE,
                Map.of("bootstrap.servers", ledger.bootstrapServers()));
        new Trainer(settings, publishing).run(step -> {});
    }

    private static TrainSettings settings(
            String run, int steps, Path images, Optional<Path> resume, Optional<Path> save) {
        return new TrainSettings(
                run,
                steps,
                TrainSettings.DEFAULT_SEED,
                ModelSettings.of(Preset.MNIST_FC, Optimizer.MOMENTUM),
                20,
                Optional.of(images),
                resume,
                save,
                new ObjectiveChoice(List.of("train")),
                0,
                50,
                EvaluationPool.CHUNK_EXAMPLES,
                false,
                MeasureSettings.DEFAULT,
                new RecordSettings(0, EVERY, 4, RecordSettings.WhenBehind.WAIT),
                2,
                EvaluatorChoice.AUTO,
                true,
                false);
    }

    /** IDX files of noise, a little brighter where the label says. */
    private static void writeImages(Path folder) throws IOException {
        Random random = new Random(1);
        try (DataOutputStream pixels =
                        new DataOutputStream(Files.newOutputStream(folder.resolve("train-images-idx3-ubyte")));
                DataOutputStream labels =
                        new DataOutputStream(Files.newOutputStream(folder.resolve("train-labels-idx1-ubyte")))) {
            for (int number : new int[] {0x803, IMAGES, SIDE, SIDE}) {
                pixels.writeInt(number);
            }
            labels.writeInt(0x801);
            labels.writeInt(IMAGES);
            for (int i = 0; i < IMAGES; i++) {
                int label = i % 10;
                labels.writeByte(label);
                for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                    pixels.writeByte(random.nextInt(100) + (pixel % 10 == label ? 100 : 0));
                }
            }
        }
    }
}
