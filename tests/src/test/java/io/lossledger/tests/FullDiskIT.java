package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.standalone.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, or becomes full: one line names the folder and what to do, and nothing is lost. */
class FullDiskIT {
    private static final String TO_DO = " MiB; free some space, or choose another folder";
    private static final FaultTable.Difference NONE = new FaultTable.Difference(0, 0);

    @Test
    void aDemoDoesNotStartOnAFullDisk(@TempDir Path directory) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 20);
                LedgerCommand demo = demo(disk.folder(), "refused")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.errors().lines())
                    .singleElement()
                    .asString()
                    .matches("lossledger: --data-dir: must be on a disk with 256 MiB free\\. Found: \\Q" + disk.folder()
                            + "\\E with \\d+\\Q" + TO_DO + "\\E");
            FaultTable.add("`demo` started on a full disk", demo.errors().strip(), "not started");
        }
    }

    @Test
    void aDemoClosesItsRunBeforeTheDiskIsFull(@TempDir Path directory) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 320);
                LedgerCommand demo = demo(disk.folder(), "closed")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.lines().get(0))
                    .matches(
                            "starting Kafka on localhost:\\d+ in \\Q" + disk.folder() + "\\E, with at most 6\\.0 GiB of"
                                    + " updates \\(--raw-retention-mib\\); 0\\.3 GiB are free \\.\\.\\.");
            assertThat(demo.output()).contains(" lost=0 skipped=0", "balanced: run=closed steps=");
            assertThat(demo.errors().lines())
                    .singleElement()
                    .asString()
                    .matches("lossledger: the training was stopped, because the disk is nearly full\\. --data-dir: must"
                            + " be on a disk with 128 MiB free\\. Found: \\Q" + disk.folder() + "\\E with \\d+\\Q"
                            + TO_DO
                            + "\\E");
            FaultTable.add("disk of a `demo` fills up", demo.errors().strip(), "run closed, exit code 1");
        }
    }

    @Test
    void aDemoWhoseDiskIsFilledByOthersEndsWithOneLine(@TempDir Path directory) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 600);
                LedgerCommand demo = demo(disk.folder(), "cut")) {
            demo.awaitOutput("training run cut");
            disk.fill();
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.errors().lines())
                    .containsExactly("lossledger: --data-dir: must be on a disk with 4 MiB free. Found: "
                            + disk.folder() + " with 0" + TO_DO);
            FaultTable.add("disk of a `demo` is filled at once", demo.errors().strip(), "ended, exit code 1");
        }
    }

    @Test
    void aProcessorWhoseStateHasNoRoomLosesNothing(@TempDir Path directory) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 100);
                EmbeddedBroker broker = EmbeddedBroker.start(0, directory.resolve("kafka"))) {
            String address = broker.bootstrapServers();
            Path state = disk.folder().resolve("state");
            Path config = Files.writeString(
                    directory.resolve("flush.properties"), "rocksdb.config.setter=" + FlushedStores.class.getName());
            String line = "lossledger: --state-dir: must be on a disk with room. Found: " + state
                    + " (No space left on device); free some space, or choose another folder. Then start the processor again: it continues from its last commit";
            disk.fill();
            try (LedgerCommand refused = process(address, state, config)) {
                assertThat(refused.exitCode()).isEqualTo(1);
                assertThat(refused.errors().lines()).containsExactly(line);
            }
            disk.free();
            try (LedgerCommand stopped = process(address, state, config);
                    LedgerCommand trainer = train(address)) {
                stopped.awaitErrors("Run full begins with step 0");
                disk.fill();
                assertThat(stopped.exitCode()).isEqualTo(1);
                assertThat(stopped.errors().lines().filter(said -> !said.contains(" INFO ")))
                        .containsExactly(line);
                disk.free();
                try (LedgerCommand processor = process(address, state, config)) {
                    long from = System.currentTimeMillis();
                    processor.awaitOutput("the processor runs");
                    trainer.interrupt();
                    assertThat(trainer.output()).contains(" lost=0 skipped=0");
                    new Results(address, "lossledger.").awaitClosed(Set.of("full"), () -> {});
                    long seconds = (System.currentTimeMillis() - from) / 1_000;
                    FaultTable.Difference rows = FaultTable.replayed(address, "full");
                    FaultTable.add(
                            "state folder of a processor is full, at start and later",
                            FaultTable.code(line),
                            seconds + " s after the restart",
                            rows);
                    assertThat(rows).isEqualTo(NONE);
                }
            }
        }
    }

    private static LedgerCommand process(String address, Path state, Path config) throws IOException {
        return LedgerCommand.start(
                "process",
                "--bootstrap-server",
                address,
                "--kafka-config",
                config,
                "--state-dir",
                state,
                "--http-port",
                0,
                "--partitions",
                2);
    }

    private static LedgerCommand train(String address) throws IOException {
        return LedgerCommand.start(
                "train",
                "--bootstrap-server",
                address,
                "--run",
                "full",
                "--steps",
                1_000_000,
                "--form",
                "sums",
                "--objective-size",
                500);
    }

    private static LedgerCommand demo(Path folder, String run) throws IOException {
        return LedgerCommand.start(options(folder, run));
    }

    private static Object[] options(Path folder, String run) throws IOException {
        return new Object[] {
            "demo",
            "--exit-when-done",
            "--data-dir",
            folder,
            "--port",
            StablePort.find(),
            "--http-port",
            0,
            "--live-port",
            0,
            "--run",
            run,
            "--steps",
            100_000,
            "--objective-size",
            500
        };
    }
}
