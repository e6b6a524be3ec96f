package io.lossledger.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No test: records what a later version must be able to go on with. {@code tests/upgrade-fixture} runs it. */
class UpgradeRecording {
    private final UpgradeRuns runs = new UpgradeRuns();

    @Test
    void isMade(@TempDir Path directory) throws Exception {
        String target = System.getProperty("lossledger.upgrade.folder", "");
        assumeTrue(!target.isEmpty(), "lossledger.upgrade.folder says where it goes");
        Path folder = Files.createDirectories(Path.of(target));
        recordBoth(directory.resolve("cut"), directory.resolve("whole"), folder);
    }

    private void recordBoth(Path cut, Path whole, Path folder) throws Exception {
        recordCut(cut);
        UpgradeFiles.pack(cut, folder.resolve("data.zip.gz"));
        try (UpgradeFixture fixture = UpgradeFixture.start(whole)) {
            try (LedgerCommand process = fixture.process()) {
                runs.first(fixture.bootstrapServers(), UpgradeFixture.PREFIX);
                runs.rest(fixture.bootstrapServers(), UpgradeFixture.PREFIX);
                fixture.awaitClosed(process);
                UpgradeFixture.stop(process);
            }
            UpgradeFiles.write(fixture.results().canonical(), folder.resolve("expected.txt"));
        }
    }

    private void recordCut(Path directory) throws Exception {
        try (UpgradeFixture fixture = UpgradeFixture.start(directory)) {
            try (LedgerCommand process = fixture.process()) {
                runs.first(fixture.bootstrapServers(), UpgradeFixture.PREFIX);
                Http.of(process)
                        .await(
                                "/runs/" + UpgradeRuns.HALF,
                                answer -> answer.status() == 200
                                        && answer.json().get("pending_steps").getAsInt() == UpgradeRuns.PENDING_STEPS);
                UpgradeFixture.stop(process);
            }
            fixture.createRestTopic();
            runs.rest(fixture.bootstrapServers(), UpgradeFixture.REST_PREFIX);
        }
    }
}
