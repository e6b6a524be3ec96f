package io.lossledger.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No test: makes the pictures of the live page that the documents show, from a demo. {@code dashboards/screenshots} runs it. */
class LivePageScreenshots {
    private static final int STEPS = 400;
    private static final int PATIENCE_MILLIS = 600_000;

    @TempDir
    static Path directory;

    @Test
    void areMade() throws Exception {
        String folder = System.getProperty("lossledger.screenshots", "");
        assumeTrue(!folder.isEmpty(), "lossledger.screenshots says where pictures go");
        int port = StablePort.find();
        try (Browser browser = Browser.start();
                LedgerCommand demo = LedgerCommand.start(
                        "demo",
                        "--run",
                        "digits",
                        "--steps",
                        STEPS,
                        "--parameters",
                        "--port",
                        StablePort.find(),
                        "--http-port",
                        0,
                        "--live-port",
                        port,
                        "--data-dir",
                        directory)) {
            demo.awaitOutput("training run digits");
            String address = "http://localhost:" + port + "/#run=digits";
            take(browser.page(address, 1_440, 860, ColorScheme.LIGHT), folder, "live-light.png", "body");
            take(browser.page(address, 1_440, 860, ColorScheme.DARK), folder, "live-dark.png", "body");
            take(browser.page(address, 800, 860, ColorScheme.LIGHT), folder, "live-narrow.png", "body");
            Page opened = browser.page(address + "&layer=fc1", 1_000, 640, ColorScheme.LIGHT);
            Locator note = opened.locator(".detail-note");
            PlaywrightAssertions.assertThat(note)
                    .containsText(
                            "up to step " + (STEPS - 1),
                            new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MILLIS));
            take(opened, folder, "live-units.png", "#units");
        }
    }

    private static void take(Page page, String folder, String name, String from) {
        PlaywrightAssertions.assertThat(page.locator("#status"))
                .containsText(
                        "finished · " + STEPS + "/" + STEPS + " steps",
                        new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MILLIS));
        PlaywrightAssertions.assertThat(page.locator("#verdicts")).containsText("Learned"); // the books are closed
        page.locator("#verdicts").hover(); // away from what has a cursor of its own
        page.evaluate("from => document.querySelector(from).scrollIntoView({behavior: 'instant'})", from);
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(folder, name)));
        page.close();
    }
}
