package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that cannot be trained on, and a loss that is lost: one line on standard error, and no stack trace. */
class WrongTrainingIT {
    private static final int IMAGES = 20;

    private static RunningLedger ledger;

    @TempDir
    Path data;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        ledger = RunningLedger.start(directory);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void namesADataFolderWithoutFiles() throws Exception {
        assertRefused(data + ": must hold either the IDX files train-images-idx3-ubyte and train-labels-idx1-ubyte"
                + " (plain or .gz), or CIFAR-10's data_batch_1.bin to data_batch_5.bin. Found: neither."
                + " Download one data set into a separate folder.");
    }

    @Test
    void namesATruncatedFile() throws Exception {
        writeIdx("train-images-idx3-ubyte", new byte[100], IMAGES, 28, 28);
        writeIdx("train-labels-idx1-ubyte", new byte[IMAGES], IMAGES);

        assertRefused(data.resolve("train-images-idx3-ubyte")
                + ": must hold 20 x 28 x 28 = 15680 values after the header. Found: 100, so the file is truncated or its"
                + " header damaged. Download the file again.");
    }

    @Test
    void namesALabelOutOfRange() throws Exception {
        byte[] labels = new byte[IMAGES];
        labels[7] = 10;
        writeIdx("train-images-idx3-ubyte", new byte[IMAGES * 28 * 28], IMAGES, 28, 28);
        writeIdx("train-labels-idx1-ubyte", labels, IMAGES);

        assertRefused(data.resolve("train-labels-idx1-ubyte")
                + ": must hold labels within 0..9. Found: 10 at index 7. Use a data set of ten classes, or download the"
                + " file again.");
    }

    @Test
    void namesImagesThatTheNetworkDoesNotTake() throws Exception {
        for (int batch = 1; batch <= 5; batch++) {
            Files.write(data.resolve("data_batch_" + batch + ".bin"), new byte[2 * 3073]);
        }

        assertRefused("network: mnist-fc needs images of 1 channel and at least 4 x 4 pixels. Found: 3x32x32");
    }

    /** With a step as large as that the parameters are finite no more, and the minibatch after it has no loss. */
    @Test
    void endsARunAsFailedWhoseLossIsLost() throws Exception {
        String reason = "the loss of step 6 is not a finite number: NaN";
        try (LedgerCommand train = LedgerCommand.run(
                "train",
                "--bootstrap-server",
                ledger.bootstrapServers(),
                "--run",
                "lost",
                "--steps",
                12,
                "--objective-size",
                500,
                "--schedule",
                "step:1e38@5")) {
            assertThat(train.errors()).isEqualToIgnoringNewLines("lossledger: " + reason);
            assertThat(train.exitCode()).isEqualTo(1);
        }
        WindowRow closing = ledger.closing("lost");
        List<StepRow> rows = ledger.rows(LedgerTopic.STEP, "lost", StepRow.class);
        RunManifest manifest = Objects.requireNonNull(
                RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")
                        .get("lost"));

        assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FAILED);
        assertThat(manifest.getFailure()).isEqualTo(reason);
        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FAILED);
        assertThat(closing.getSteps() + closing.getMissingSteps()).isEqualTo(7);
        assertThat(rows).extracting(StepRow::getStep).startsWith(0, 1, 2, 3, 4);
        for (StepRow row : rows.subList(0, 5)) {
            assertThat(row.getNonfiniteParameters()).isZero();
            assertThat(row.getLossChange()).isEqualTo(row.getLossEnd() - row.getLossStart());
            assertThat(Math.abs(row.getResidual())).isLessThan(0.02 * Math.abs(row.getLossChange()));
            assertThat(Math.abs(row.getCumulativeResidual()))
                    .isLessThan(0.01 * Math.abs(row.getCumulativeLossChange()));
        }
    }

    private void assertRefused(String message) throws Exception {
        try (LedgerCommand train =
                LedgerCommand.run("train", "--bootstrap-server", ledger.bootstrapServers(), "--data", data)) {
            assertThat(train.errors()).isEqualToIgnoringNewLines("lossledger: " + message);
            assertThat(train.exitCode()).isEqualTo(2);
        }
    }

    private void writeIdx(String name, byte[] values, int... dimensions) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + values.length);
        file.putInt(0x0800 + dimensions.length);
        for (int dimension : dimensions) {
            file.putInt(dimension);
        }
        file.put(values);
        Files.write(data.resolve(name), file.array());
    }
}
