package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says of a real trainer that is ahead of its processor, and then killed. */
class LivePageTrainingIT {
    @Test
    void saysHowFarTheBookingIsBehindAndThatTheTrainerIsGone(@TempDir Path directory) throws Exception {
        int port = StablePort.find();
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
                Browser browser = Browser.start()) {
            String address = broker.bootstrapServers();
            Processing.createTopics(address, "lossledger.");
            try (LedgerCommand live = LedgerCommand.start("live", "--port", port, "--bootstrap-server", address);
                    LedgerCommand trainer = train(address)) {
                live.awaitOutput("live at http://localhost:" + port);
                Page page = browser.page("http://127.0.0.1:" + port + "/#run=gone", 1_440, 900, ColorScheme.LIGHT);

                // Without a processor, the trainer alone says how far it is.
                assertThat(page.locator("#status"))
                        .containsText(Pattern.compile("training · [\\d,]+/100,000 · booking 0, [\\d,]+ behind"));
                assertThat(page.locator("#empty")).containsText("lossledger process");

                try (LedgerProcessor processor = new LedgerProcessor(
                        Processing.settings(address, "lossledger.", directory.resolve("streams")))) {
                    processor.start();
                    assertThat(page.locator("#status"))
                            .containsText(Pattern.compile("training · [\\d,]+/100,000.* steps/s · .* left"));
                    assertThat(page.locator("#layers tbody tr")).hasCount(3);
                    assertThat(page.locator("#empty")).isHidden();

                    trainer.kill();
                    page.clock().setSystemTime(System.currentTimeMillis() + 5 * 60_000);
                    assertThat(page.locator("#status"))
                            .containsText(Pattern.compile("running · silent for [45]:\\d\\d · [\\d,]+/100,000 steps"));
                    page.clock().setSystemTime(System.currentTimeMillis() + 20 * 60_000);
                    assertThat(page.locator("#status"))
                            .containsText(Pattern.compile("lost · no sign of the trainer for (19|20):\\d\\d"));
                }
            }
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static LedgerCommand train(String address) throws Exception {
        return LedgerCommand.start(
                "train", "--bootstrap-server", address, "--run", "gone", "--steps", 100_000, "--objective-size", 500);
    }
}
