package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says of a recorded run while workers measure it, and of runs that ask something else of its trajectory. */
class LivePageAskedRunIT {
    private static final int STEPS = 40;

    private String address = "";
    private String page = "";
    private Browser browser;

    @Test
    void saysWhoMeasuresAndLeadsFromOneRunToTheOther(@TempDir Path directory) throws Exception {
        int port = StablePort.find();
        page = "http://127.0.0.1:" + port + "/#run=";
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
                Browser opened = Browser.start()) {
            browser = opened;
            address = broker.bootstrapServers();
            Processing.createTopics(address, "lossledger.");
            run("train", "--record", "--wait", 0, "--run", "r1", "--steps", STEPS, "--objective-size", 200);
            try (LedgerCommand live = LedgerCommand.start("live", "--port", port, "--bootstrap-server", address)) {
                live.awaitOutput("live at http://localhost:" + port);
                advisesToStartAWorker();
                try (LedgerProcessor processor = new LedgerProcessor(
                        Processing.settings(address, "lossledger.", directory.resolve("streams")))) {
                    processor.start();
                    run("measure", "--run", "r1");
                    run("measure", "--run", "r1", "--as", "r1-threes", "--objective", "class=3");
                    run("measure", "--run", "r1", "--as", "r1-exact", "--max-splits", 8);
                    leadsFromOneRunToTheOther();
                    drawsTheParentOfTheSameObjective();
                }
            }
            assertThat(opened.complaints()).isEmpty();
        }
    }

    private void advisesToStartAWorker() {
        Page shown = open("r1");
        assertThat(shown.locator("#status")).hasText("measuring · 40/40 steps recorded · workers: 0 booked, 40 to go");
        assertThat(shown.locator("#empty")).containsText("40 steps of run r1 are recorded. Workers measure them.");
        assertThat(shown.locator("#empty code").first()).hasText("./lossledger measure --run r1");
        Object states = shown.evaluate(
                "async () => { const {runState} = await import('/states.js');"
                        + " const model = {size: 1, last: [9], time: [Date.now() - 3_600_000], facts: {}, usualPause: () => 0, rateNow: () => null};"
                        + " const recorded = {run: 'r', recorded_run: 'r', status: 'RUN_STATUS_RUNNING', sent_step: 39, sent_time: Date.now()};"
                        + " return [[recorded, null], [{...recorded, run: 'asked', sent_step: undefined, sent_time: 0}, recorded]].map(([one, other]) => {"
                        + " const {word, parts} = runState(one, other, model, Date.now()); return [word, ...parts.filter(Boolean)].join(' · '); }); }");
        assertThat(states)
                .isEqualTo(List.of(
                        "training · 40 recorded · workers: 10 booked, 30 to go",
                        "measuring · 40 steps recorded · workers: 10 booked, 30 to go"));
        shown.close();
    }

    private void leadsFromOneRunToTheOther() {
        Page shown = open("r1");
        Locator relation = shown.locator("#relation");
        assertThat(relation).hasText("asked later: r1-exact (train, up to 8 splits), r1-threes (class=3) · compare");
        assertThat(shown.locator("#status")).hasText(Pattern.compile("finished · 40/40 steps · .*"));
        relation.locator("a:text-is('r1-threes')").click();
        assertThat(relation).hasText("asks class=3 of the trajectory of r1 · compare");
        assertThat(shown.locator("#run")).hasValue("r1-threes");
        assertThat(words(shown)).not().containsText("parent");

        relation.locator("a:text-is('compare')").click();
        assertThat(shown.locator("#verdicts .run")).hasText(new String[] {"r1-threes · class=3", "r1 · train"});
        assertThat(shown.locator(".differences th"))
                .hasText(new String[] {"layer", "r1-threes · class=3", "r1 · train"});
        assertThat(words(shown)).containsText("of each run under its own objective");
        assertThat(relation).hasText("asks class=3 of the trajectory of r1");
        shown.close();
    }

    private void drawsTheParentOfTheSameObjective() {
        Page shown = open("r1-exact");
        assertThat(shown.locator("#relation")).containsText("asks train, up to 8 splits of the trajectory of r1");
        assertThat(words(shown)).containsText("grey: parent r1");
        assertThat(shown.locator("#facts")).containsText("of r1");
        shown.close();
    }

    /** The words beside the heading of the losses. */
    private static Locator words(Page page) {
        return page.locator(".panel[aria-label^='Loss'] h2");
    }

    private Page open(String run) {
        return browser.page(page + run, 1_440, 900, ColorScheme.LIGHT);
    }

    private void run(Object... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", address));
        try (LedgerCommand command = LedgerCommand.run(all.toArray())) {
            assertThat(command.exitCode()).as(command.errors()).isZero();
        }
    }
}
