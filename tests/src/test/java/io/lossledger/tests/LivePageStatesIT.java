package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the live page says of a training and its booking, and what its addresses show. */
class LivePageStatesIT {
    private static final int STEPS = 40;
    private static final String NAME = "ml.example.com";

    @TempDir
    static Path directory;

    private static Browser browser;
    private static EmbeddedBroker broker;
    private static LedgerCommand live;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        broker = EmbeddedBroker.start(0, directory);
        Processing.createTopics(broker.bootstrapServers(), "lossledger.");
        for (String run : List.of("first", "second", "third")) {
            publish(run, STEPS, manifest(run, System.currentTimeMillis()).setSentStep(STEPS - 1));
        }
        port = StablePort.find();
        String kafka = broker.bootstrapServers();
        live = LedgerCommand.start("live", "--port", port, "--allow-host", NAME, "--bootstrap-server", kafka);
        live.awaitOutput("live at http://localhost:" + port);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each : new AutoCloseable[] {live, broker, browser}) {
            try {
                if (each != null) {
                    each.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @AfterEach
    void noScriptHasFailed() {
        assertThat(browser.complaints()).isEmpty();
    }

    /** {@code heard}: seconds ago; a dot stands for any digit. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # status     | sent | heard | booked | closing | says
            RUNNING      | 39   | 1     | 40     |         | training · 40/100
            RUNNING      | 39   | 1     | 10     |         | training · 40/100 · booking 10, 30 behind
            RUNNING      | 39   | 240   | 40     |         | running · silent for 4:.. · 40/100 steps
            RUNNING      | 39   | 3600  | 40     |         | lost · no sign of the trainer for 1:0.:.. · 40/100 steps
            RUNNING      | 99   | 1     | 100    |         | ending · 100/100 steps
            FINISHED     | 39   | 1     | 10     |         | finished · 40/100 steps · booking 10, 30 behind
            FINISHED     | 39   | 1     | 40     | FINISHED | finished · 40/100 steps
            FAILED       | 39   | 1     | 40     | FAILED  | failed · 40/100 steps
            RUNNING      | 39   | 3600  | 40     | INTERRUPTED | interrupted · 40/100 steps
            RUNNING      | 39   | 1     | 0      |         | training · 40/100 · booking 0, 40 behind
            """)
    void saysHowFarTrainingAndBookingAre(String status, int sent, int heard, int booked, String closing, String says)
            throws Exception {
        String run = "state-" + status + "-" + heard + "-" + booked + "-" + closing;
        long at = System.currentTimeMillis() - 1_000L * heard;
        RunManifest.Builder manifest = manifest(run, at)
                .setStatus(RunStatus.valueOf("RUN_STATUS_" + status))
                .setSentStep(sent);
        if (!status.equals("RUNNING")) {
            manifest.clearSentStep().setLastStep(sent);
        }
        publish(run, booked, manifest);
        if (closing != null) {
            close(run, RunStatus.valueOf("RUN_STATUS_" + closing));
        }
        Page page = open("#run=" + run);
        assertThat(page.locator("#status")).hasText(Pattern.compile("^" + says + "( · .*)?$"));
        assertThat(page.locator("#empty"))
                .isVisible(new com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions()
                        .setVisible(booked == 0));
        page.close();
    }

    /** Events come at once, though nginx holds back what it forwards, and addresses lead below the path of the proxy. */
    @Test
    void worksBehindAProxyUnderAPathOfItsOwn() throws Exception {
        try (NginxProxy proxy = NginxProxy.start(directory, "/ledger/", NAME, port)) {
            ServerEvents.await(
                    proxy.address() + "api/runs/first/stream",
                    "snapshot",
                    told -> told.getAsJsonArray("first").size() == STEPS);
            Page page = browser.page(proxy.address() + "#run=first", 1440, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#layers tbody td.net")).hasText("−40.00");
            page.close();
        }
    }

    @Test
    void showsWhatItsAddressNames() {
        Page page = open("#run=first&with=second,third&scale=log");
        assertThat(page.locator(".panel[aria-label^='Loss:'] .row"))
                .hasText(new String[] {"first−39.00", "second−39.00", "third−39.00"});
        assertThat(page.locator(".differences tr")).hasCount(2);
        assertThat(page.locator(".panel button:text-is('log')")).hasAttribute("aria-pressed", "true");
        page.close();

        page = open("#run=first&objective=train&steps=10-19&smooth=10&layer=fc1");
        assertThat(page.locator("#layers-range")).hasText("steps 10–19");
        assertThat(page.locator("#layers tbody td.net")).hasText("−10.00");
        assertThat(page.locator(".choice select")).hasValue("10");
        assertThat(page.locator("#units h2")).containsText("fc1");
        assertThat(page.locator("#unzoom")).isVisible();
        page.locator(".choice select").selectOption("100");
        assertThat(page).hasURL(Pattern.compile("steps=10-20&smooth=100$"));
        page.close();
    }

    @Test
    void saysWhatThereIsInsteadOfWhatAnOldAddressNames() {
        Page page = open("#run=gone");
        assertThat(page.locator("#empty")).containsText("This Kafka has no run gone. It has ");
        page.close();
        page = open("#run=first&objective=nothing");
        assertThat(page.locator("#notice")).containsText("Run first has no objective nothing; it has train.");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        page.close();
    }

    @Test
    void findsAndComparesRuns() {
        Page page = open("#run=first");
        page.locator("#all-runs").click();
        assertThat(page.locator("#runs tbody tr", new Page.LocatorOptions().setHasText("second")))
                .containsText("40");
        page.locator("#runs input[type=search]").fill("secon");
        assertThat(page.locator("#runs tbody tr")).hasCount(1);
        page.locator("#runs tbody input").check();
        assertThat(page.locator("#compare")).hasText("compare 2 runs");
        page.locator("#compare").click();
        assertThat(page).hasURL(Pattern.compile("#run=first&with=second$"));
        assertThat(page.locator(".panel[aria-label^='ΣLCA of one layer'] .row")).hasCount(2);
        page.close();
    }

    @Test
    void downloadsTheStepsThatAreShown() throws Exception {
        Page page = open("#run=first&steps=10-19");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        Download file = page.waitForDownload(() -> page.locator("#csv").click());
        List<String> lines = Files.readAllLines(file.path());
        assertThat(file.suggestedFilename()).isEqualTo("first.csv");
        assertThat(lines).hasSize(11);
        assertThat(lines.get(0)).startsWith("first_step,last_step,steps,loss,").endsWith(",lca:fc1,cumulative_lca:fc1");
        assertThat(lines.get(1)).startsWith("10,10,1,-10,").endsWith(",-1,-11");
        page.close();
    }

    /** Only a page that nobody has touched follows the newest run. */
    @Test
    void aNewRunDoesNotTakeThePageAway() throws Exception {
        Page touched = open("#run=first");
        Page untouched = open("");
        assertThat(touched.locator("#layers tbody button").first()).isVisible();
        assertThat(untouched.locator("#layers tbody button").first()).isVisible();
        String run = "zz-new-" + System.nanoTime();
        publish(run, 3, manifest(run, System.currentTimeMillis() + 60_000).setSentStep(2));
        assertThat(untouched.locator("#run")).hasValue(run);
        assertThat(touched.locator("#notice")).containsText(run + " started");
        assertThat(touched.locator("#run")).hasValue("first");
        touched.locator("#go").click();
        assertThat(touched.locator("#run")).hasValue(run);
        touched.close();
        untouched.close();
    }

    /** Until the first picture of another objective comes, the old one stays, but pale. */
    @Test
    void keepsThePictureUntilThatOfAnotherObjectiveIsThere() throws Exception {
        String run = "objectives";
        publish(
                run,
                STEPS,
                manifest(run, System.currentTimeMillis())
                        .addObjectives(ObjectiveManifest.newBuilder().setName("validation")));
        try (LedgerRows rows = new LedgerRows(broker.bootstrapServers(), "lossledger.", run)) {
            rows.steps(0, STEPS, "validation", 2);
        }
        Page page = open("#run=" + run);
        assertThat(loss(page)).hasText("−39.00");
        assertThat(page.locator("#layers tbody td.net")).hasText("−40.00");
        List<Route> held = new ArrayList<>();
        page.route("**/stream?objective=validation*", held::add);
        page.waitForRequest(
                "**/stream?objective=validation*",
                () -> page.locator("#objective").selectOption("1"));
        assertThat(page.locator("main")).hasClass("stale");
        assertThat(loss(page)).hasText("−39.00");
        assertThat(page.locator("#layers tbody td.net")).hasText("−40.00");
        assertThat(page.locator("#verdicts")).containsText("loss 1.000 → -39.000".replace('-', '−'));

        held.forEach(Route::resume);
        assertThat(loss(page)).hasText("−78.00");
        assertThat(page.locator("main")).not().hasClass("stale");
        assertThat(page.locator("#layers tbody td.net")).hasText("−80.00");
        page.close();
    }

    /** Each draw of the sampling error is 1: over 40 steps, the standard error is √40. */
    @Test
    void showsTheIntervalOfALayer() {
        Page page = open("#run=first");
        assertThat(page.locator("#layers .interval")).isVisible();
        assertThat(page.locator("#layers td.net"))
                .hasAttribute("title", Pattern.compile("^LCA −40.00, 95 % interval ±1[23]$"));
        assertThat(page.locator("#interval-note")).isVisible();
        page.close();
    }

    @Test
    void aPausedPageStaysAsItIsAndCanBeExamined() throws Exception {
        String run = "paused";
        RunManifest.Builder manifest = manifest(run, System.currentTimeMillis());
        publish(run, 20, manifest.setSentStep(19));
        Page page = open("#run=" + run);
        assertThat(loss(page)).hasText("−19.00");
        page.locator("#pause").click();
        publish(run, STEPS, manifest.setSentStep(STEPS - 1));
        assertThat(page.locator("#status")).containsText("40/100");
        assertThat(page.locator("#status")).containsText("paused");
        assertThat(loss(page)).hasText("−19.00");
        page.keyboard().press("Escape");
        page.evaluate("document.activeElement.blur()");
        page.keyboard().press("+");
        assertThat(page.locator("#unzoom")).isVisible();
        page.keyboard().press("0");
        assertThat(page.locator("#layers-range")).hasText("steps 0–19");
        assertThat(loss(page)).hasText("−19.00");

        page.locator("#pause").click();
        assertThat(loss(page)).hasText("−39.00");
        assertThat(page.locator("#layers-range")).hasText("steps 0–39");
        page.locator("#pause").click();
        page.locator("#run").selectOption("first");
        assertThat(page.locator("#pause")).hasText("pause");
        assertThat(page).hasTitle(Pattern.compile("^first "));
        page.close();
    }

    /** Numbers and answers of each run; sums are compared at the newest step that both have. */
    @Test
    void comparesRunsOfDifferentLength() throws Exception {
        publish("short", 10, manifest("short", System.currentTimeMillis()).setSentStep(9));
        Page page = open("#run=first&with=short");
        assertThat(page.locator("#verdicts .run")).hasText(new String[] {"first", "short"});
        assertThat(page.locator("#verdicts .headline")).hasText(new String[] {
            "Learning", "fc1 does most (100\u202f% of the help)", "Balanced",
            "Learning", "fc1 does most (100\u202f% of the help)", "Balanced"
        });
        assertThat(page.locator("#layers-title .of")).hasText("of first");
        assertThat(page.locator(".differences td")).hasText(new String[] {"fc1", "−10.00", "−10.00 0"});
        assertThat(page.locator("#panels h2").last()).containsText("up to step 9");
        page.evaluate("location.hash = 'run=first&with=short&steps=20-30'");
        assertThat(page.locator(".panel[aria-label^='Loss:'] .row")).hasText(new String[] {"first−30.00", "short–"});
        assertThat(page.locator(".panel[aria-label^='Loss:'] h2")).containsText("values at step 30");
        page.close();
    }

    /** A bucket of a long run holds many steps, here 64 of a second each: five minutes of silence are too long. */
    @Test
    void aLongRunIsSilentAsSoonAsAShortOne() {
        Page page = open("#run=first");
        Object pause = page.evaluate("async () => { const {RunModel} = await import('/model.js');"
                + " return Object.assign(new RunModel(), {last: [63, 127], steps: [64, 64], time: [64_000, 128_000]})"
                + ".usualPause(); }");
        assertThat(pause).isEqualTo(1_000);
        page.close();
    }

    /** The list of runs comes again and again. */
    @Test
    void theTableOfRunsKeepsTheFocus() throws Exception {
        Page page = open("#run=first");
        page.locator("#all-runs").click();
        Locator second = page.locator("#runs tbody button:text-is('second')");
        second.focus();
        String run = "focus-" + System.nanoTime();
        publish(run, 1, manifest(run, System.currentTimeMillis()).setSentStep(0));
        assertThat(page.locator("#runs tbody button:text-is('" + run + "')")).isVisible();
        assertThat(second).isFocused();
        page.close();
    }

    private static Locator loss(Page page) {
        return page.locator(".panel[aria-label^='Loss and'] .row:has(.name:text-is('loss')) .value");
    }

    /** A connection that stays open and brings nothing, not even a heartbeat, is opened again. */
    @Test
    void noticesAServerThatHangs() {
        Page page = open("#run=first");
        Object said = page.evaluate("async () => { const {Stream} = await import('/stream.js'); let opened = 0;"
                + " window.EventSource = class { static OPEN = 1; readyState = 1; constructor() { opened++; }"
                + " addEventListener() {} close() {} };"
                + " const reason = await new Promise(lost => { const stream = new Stream({lost}); stream.open('x');"
                + " stream.heard = Date.now() - 31_000; });"
                + " return `${opened} ${reason}`; }");
        assertThat(said).isEqualTo("2 The server has sent nothing for half a minute; trying again.");
        page.close();
    }

    @Test
    void canBeUsedOnATelephone() {
        Page page = browser.page(address("#run=first"), 390, 844, ColorScheme.LIGHT);
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
        page.close();
    }

    private static Page open(String hash) {
        return browser.page(address(hash), 1_440, 900, ColorScheme.LIGHT);
    }

    private static String address(String hash) {
        return "http://127.0.0.1:" + port + "/" + hash;
    }

    private static RunManifest.Builder manifest(String run, long sentMillis) {
        return RunManifest.newBuilder()
                .setRun(run)
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .setStarted(Timestamps.fromMillis(sentMillis - 60_000))
                .setSentTime(Timestamps.fromMillis(sentMillis))
                .setPlannedSteps(100)
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"))
                .addLayers(LayerManifest.newBuilder().setLayer("fc1").setUnits(1));
    }

    private static void publish(String run, int steps, RunManifest.Builder manifest) throws Exception {
        long start = Timestamps.toMillis(manifest.getSentTime()) - 1_000L * steps;
        try (LedgerRows rows = new LedgerRows(broker.bootstrapServers(), "lossledger.", run, start)) {
            rows.send(LedgerTopic.RUN, manifest.build(), 0);
            rows.steps(0, steps);
            if (steps > 0) {
                WindowRow.Builder window = WindowRow.newBuilder()
                        .setRun(run)
                        .setKind(WindowKind.WINDOW_KIND_STEPS)
                        .setSize(steps)
                        .setSteps(steps)
                        .setLastStep(steps - 1)
                        .setObjective("train");
                rows.send(LedgerTopic.WINDOW, window.build(), steps);
            }
        }
    }

    private static void close(String run, RunStatus outcome) throws Exception {
        try (LedgerRows rows = new LedgerRows(broker.bootstrapServers(), "lossledger.", run)) {
            WindowRow.Builder window = WindowRow.newBuilder()
                    .setRun(run)
                    .setKind(WindowKind.WINDOW_KIND_RUN)
                    .setObjective("train")
                    .setOutcome(outcome);
            rows.send(LedgerTopic.WINDOW, window.build(), STEPS);
        }
    }
}
