package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that someone ends or deletes on the live page, beside a processor. */
class LivePageActionsIT {
    private static final String PREFIX = "lossledger.";

    @TempDir
    static Path directory;

    private static Browser browser;
    private static RunningLedger ledger;
    private static LedgerCommand live;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        ledger = RunningLedger.start(directory);
        long tenMinutesAgo = System.currentTimeMillis() - Duration.ofMinutes(10).toMillis();
        RecordedRuns silent = new RecordedRuns(ledger.bootstrapServers(), "", tenMinutesAgo);
        for (String run : List.of("stays", "dead", "compared", "left")) {
            silent.record(PREFIX, run, false);
        }
        new RecordedRuns(ledger.bootstrapServers(), "").record(PREFIX, "alive", false);
        port = StablePort.find();
        live = LedgerCommand.start("live", "--port", port, "--bootstrap-server", ledger.bootstrapServers());
        live.awaitOutput("live at http://localhost:" + port);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {live, ledger, browser}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @AfterEach
    void noScriptHasFailed() {
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void endsAndDeletesAnAbandonedRun() throws Exception {
        Page page = open("#run=dead&with=compared");
        Locator dead = row(page, "dead");

        dead.getByText("end", exactly()).click();
        assertThat(page.locator("#ask h2")).hasText("End run dead?");
        assertThat(page.locator("#ask p")).containsText("closes its books with the steps that arrived");
        assertThat(page.locator("#ask button").first()).isFocused();
        assertThat(page.locator("#ask button").first()).hasText("cancel");
        page.keyboard().press("Enter");
        assertThat(page.locator("#ask")).isHidden();
        assertThat(page.locator("#notice")).isHidden();
        assertThat(status("dead")).isEqualTo(RunStatus.RUN_STATUS_RUNNING);

        dead.getByText("end", exactly()).click();
        page.locator("#ask [value=yes]").click();
        assertThat(page.locator("#notice span"))
                .hasText("Run dead has ended as interrupted: " + RecordedRuns.STEPS
                        + " steps are booked, 0 are missing.");
        assertThat(dead).containsText("interrupted");
        assertThat(dead.locator(".edits button")).hasText(new String[] {"delete"});
        assertThat(status("dead")).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);

        delete(page, "compared", "It is running, so it is ended first.");
        assertThat(page).hasURL(Pattern.compile("#run=dead$"));
        delete(page, "dead", "Only its id is kept, and cannot be used again.");
        assertThat(page.locator("#runs tbody")).containsText("stays");
        assertThat(page.locator("#run")).not().hasValue("dead");
        page.close();

        try (LedgerCommand list = LedgerCommand.run("runs", "list", "--bootstrap-server", ledger.bootstrapServers())) {
            assertThat(list.output()).contains("stays", "alive").doesNotContain("dead", "compared");
        }
    }

    @Test
    void leavesARunAloneWhoseTrainerMayBeRunning() throws Exception {
        Page page = open("#run=stays");
        for (String action : List.of("end", "delete")) {
            row(page, "alive").getByText(action, exactly()).click();
            page.locator("#ask [value=yes]").click();
            String error = "run: must have sent no record for a minute, because its trainer may still be running"
                    + " (lossledger runs end --force ends it anyway). Found: alive has newer records";
            assertThat(page.locator("#notice span")).hasText(error);
            assertThat(page.locator("#said")).hasText(error);
            assertThat(row(page, "alive").locator(".edits button:enabled")).hasCount(2);
            page.locator("#runs form button").click();
            page.locator("#dismiss").click();
            page.locator("#all-runs").click();
        }
        assertThat(status("alive")).isEqualTo(RunStatus.RUN_STATUS_RUNNING);
        page.close();
    }

    /** In Chromium, from a page of another server on this machine. */
    @Test
    void anotherSiteCannotEndOrDeleteARun() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        other.start();
        try (Page page =
                browser.page("http://127.0.0.1:" + other.getAddress().getPort(), 800, 600, ColorScheme.LIGHT)) {
            String run = "http://127.0.0.1:" + port + "/api/runs/left";
            assertThat(page.evaluate(
                            "run => fetch(run, {method: 'DELETE', headers: {'X-LossLedger': '1'}})"
                                    + ".then(answer => answer.status, fault => fault.name)",
                            run))
                    .isEqualTo("TypeError");
            // A simple request is sent, but its answer is hidden from the other page.
            assertThat(page.evaluate(
                            "run => fetch(run + '/end', {method: 'POST', mode: 'no-cors'})"
                                    + ".then(answer => answer.type, fault => fault.name)",
                            run))
                    .isEqualTo("opaque");
        } finally {
            other.stop(0);
        }
        assertThat(status("left")).isEqualTo(RunStatus.RUN_STATUS_RUNNING);
    }

    private static void delete(Page page, String run, String asked) {
        row(page, run).getByText("delete", exactly()).click();
        assertThat(page.locator("#ask h2")).hasText("Delete run " + run + " for good?");
        assertThat(page.locator("#ask p")).containsText(asked);
        page.locator("#ask [value=yes]").click();
        assertThat(page.locator("#notice span"))
                .hasText("Run " + run + " is deleted, and a processor has removed it from its books.");
        assertThat(row(page, run)).hasCount(0);
    }

    private static Page open(String hash) {
        Page page = browser.page("http://127.0.0.1:" + port + "/" + hash, 1_440, 900, ColorScheme.LIGHT);
        page.locator("#all-runs").click();
        return page;
    }

    private static Locator row(Page page, String run) {
        return page.locator("#runs tbody tr")
                .filter(new Locator.FilterOptions().setHas(page.locator("td button:text-is('" + run + "')")));
    }

    private static Locator.GetByTextOptions exactly() {
        return new Locator.GetByTextOptions().setExact(true);
    }

    private static RunStatus status(String run) {
        RunManifest manifest =
                Objects.requireNonNull(RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), PREFIX)
                        .get(run));
        return manifest.getStatus();
    }
}
