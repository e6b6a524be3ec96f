package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a real browser, beside a real Kafka and a real run. */
class LivePageIT {
    private static final int STEPS = 20;
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    @TempDir
    static Path directory;

    private static Browser browser;
    private static RunningLedger ledger;
    private static int port;
    private static LedgerCommand live;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        ledger = RunningLedger.start(directory, StablePort.find());
        train("digits");
        ledger.closing("digits");
        port = StablePort.find();
        live = serve();
    }

    @AfterAll
    static void stop() {
        // What began last may be missing when the start has failed.
        for (AutoCloseable each : new AutoCloseable[] {live, ledger, browser}) {
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

    @Test
    void showsWhatTheLedgerHolds() throws Exception {
        List<LayerRow> rows = ledger.rows(LedgerTopic.LAYER, "digits", LayerRow.class);
        assertThat(rows).hasSize(3 * STEPS);
        JsonArray layers = snapshot("digits").getAsJsonArray("layers");
        for (LayerRow row : rows) {
            JsonObject layer = layers.get(row.getLayerIndex()).getAsJsonObject();
            assertThat(layer.get("layer").getAsString()).isEqualTo(row.getLayer());
            assertThat(layer.getAsJsonArray("lca").get(row.getStep()).getAsFloat())
                    .isEqualTo((float) row.getLca());
            assertThat(layer.getAsJsonArray("cumulative").get(row.getStep()).getAsFloat())
                    .isEqualTo((float) row.getCumulativeLca());
        }

        Page page = open("#run=digits");
        assertThat(page.locator("#status")).containsText("finished · 20/20 steps");
        for (LayerRow row : rows.subList(3 * STEPS - 3, 3 * STEPS)) {
            Locator shown = page.locator("#layers tbody tr").nth(row.getLayerIndex());
            assertThat(shown).containsText(row.getLayer());
            assertThat(number(shown.locator("td").nth(2).textContent()))
                    .isCloseTo(row.getCumulativeLca(), Offset.offset(0.0006));
        }
        StepRow last = ledger.rows(LedgerTopic.STEP, "digits", StepRow.class).get(STEPS - 1);
        assertThat(number(page.locator(".panel:first-child .row:has-text('ΣLCA') .value")
                        .last()
                        .textContent()))
                .isCloseTo(last.getCumulativeLca(), Offset.offset(0.0006));
        assertThat(page.locator("#verdicts li")).hasCount(3);
        assertThat(page.locator("#verdicts li").first())
                .containsText(String.format(
                        "Learnedloss %.3f → %.3f over 20 steps",
                        ledger.rows(LedgerTopic.STEP, "digits", StepRow.class)
                                .get(0)
                                .getLossStart(),
                        last.getLossEnd()));
        page.close();
    }

    @Test
    void canBeUsedWithTheKeyboardAlone() {
        Page page = open("#run=digits");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        String nameless =
                "[...document.querySelectorAll('button, select, canvas[role=img]')].filter(e => e.offsetParent"
                        + " && !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).length";
        assertThat(page.evaluate(nameless)).isEqualTo(0);
        assertThat(page.evaluate("document.documentElement.lang")).isEqualTo("en");

        page.keyboard().press("Tab");
        assertThat(page.locator("#run")).isFocused();
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");

        page.evaluate("document.activeElement.blur()");
        page.keyboard().press("ArrowDown");
        assertThat(page.locator("#layers tbody button").first()).isFocused();
        page.keyboard().press("ArrowDown");
        page.keyboard().press("ArrowUp");
        page.keyboard().press("Enter");
        assertThat(page.locator("#units h2")).containsText("LCA of 100 units");
        assertThat(page.locator("#layers tbody button").first()).isFocused();
        assertThat(page.locator(".detail-note")).containsText("--parameters");
        assertThat(page.url()).endsWith("run=digits&layer=fc1");
        assertThat(Browser.coloured(page, "#units .plot canvas")).isGreaterThan(1_000);

        page.keyboard().press("Escape");
        assertThat(page.locator("#units")).hasCount(0);
        page.evaluate("document.activeElement.blur()");
        page.keyboard().press("Space");
        assertThat(page.locator("#pause")).hasAttribute("aria-pressed", "true");
        page.keyboard().press("Space");
        page.keyboard().press("+");
        assertThat(page.locator("#unzoom")).isVisible();
        page.keyboard().press("0");
        assertThat(page.locator("#unzoom")).isHidden();
        page.keyboard().press("ArrowLeft");
        assertThat(page.locator(".values").first()).containsText("step18");
        page.keyboard().press("?");
        assertThat(page.locator("#keys")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#keys")).isHidden();
        page.close();
    }

    /** The second time, the layer is being read already, and its units come at once. */
    @Test
    void opensTheLayerThatTheAddressNames() {
        for (int time = 0; time < 2; time++) {
            Page page = open("#run=digits&layer=fc2");
            assertThat(page.locator("#units h2")).containsText("LCA of 50 units");
            assertThat(Browser.coloured(page, "#units .plot canvas")).isGreaterThan(1_000);
            page.close();
        }
    }

    @Test
    void zoomsByDraggingAndBackByDoubleClick() {
        Page page = open("#run=digits");
        Locator plot = page.locator(".u-over").first();
        assertThat(plot).isVisible();
        var box = plot.boundingBox();
        page.mouse().move(box.x + box.width * 0.25, box.y + 20);
        page.mouse().down();
        page.mouse().move(box.x + box.width * 0.75, box.y + 30);
        page.mouse().up();
        assertThat(page.locator("#unzoom")).isVisible();

        plot.dblclick();
        assertThat(page.locator("#unzoom")).isHidden();
        page.close();
    }

    @Test
    void htmlInNamesStaysText() throws Exception {
        publishHostileRun();
        Page page = open("#run=hostile");
        assertThat(page.locator("#layers tbody")).containsText(HOSTILE);
        assertThat(page.locator("#facts")).containsText(HOSTILE);
        page.locator("#layers tbody button").first().click();
        assertThat(page.locator("#units h2")).containsText(HOSTILE);
        assertThat(page.locator("main img")).hasCount(0);
        page.close();
    }

    @Test
    void goesOnWhenTheServerHasBeenRestarted() throws Exception {
        Page page = open("#run=digits");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        live.kill();
        assertThat(page.locator("#banner")).isVisible();
        assertThat(page.locator("#layers tbody button").first()).isVisible();

        live.close();
        live = serve();
        assertThat(page.locator("#banner")).isHidden();
        assertThat(page.locator("#run")).hasValue("digits");
        assertThat(page.locator("#status")).containsText("20/20 steps");
        page.close();
    }

    @Test
    void saysThatKafkaIsAwayAndGoesOnWhenItIsBack() throws Exception {
        Page page = open("");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        ledger.stopBroker();
        assertThat(page.locator("#banner")).containsText("Kafka is unreachable: Kafka at localhost:");
        assertThat(page.locator("#layers tbody button").first()).isVisible();

        ledger.restartBroker();
        assertThat(page.locator("#banner")).isHidden();
        train("later");
        // Nobody has chosen a run: the page follows the newest one.
        assertThat(page.locator("#run")).hasValue("later");
        assertThat(page.locator("#status")).containsText("20/20 steps");
        page.close();
    }

    @Test
    void saysWhenThereIsNoSuchRun() {
        Page page = open("#run=nobody");
        assertThat(page.locator("#empty")).containsText("This Kafka has no run nobody");
        page.close();
    }

    @Test
    void aLayerThatComesLateIsShownAtItsSteps() {
        Page page = open("");
        Object shown = page.evaluate("async () => { const {RunModel} = await import('/model.js');"
                + " const model = new RunModel(); const told = {moments: [], alerts: [], layers: []};"
                + " for (const name of ['first', 'last', 'steps', 'loss', 'change', 'lca', 'residual', 'help', 'hurt',"
                + " 'minibatch', 'rate', 'time']) told[name] = [0, 1];"
                + " model.apply({...told, from: 0});"
                + " const layer = {index: 0, layer: 'late', lca: [7, 8], cumulative: [7, 15]};"
                + " model.apply({...told, from: 2, layers: [layer]});"
                + " return JSON.stringify(model.layers[0].lca); }");
        assertThat(shown).isEqualTo("[null,null,7,8]");
        page.close();
    }

    /** For good: the page does not ask for the layer again. */
    @Test
    void leavesALayerThatDoesNotExist() {
        Page page = open("#run=digits");
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        page.clock().install();
        List<String> asked = new ArrayList<>();
        page.onRequest(request -> asked.add(request.url()));
        page.evaluate("location.hash = 'run=digits&layer=nothing'");
        assertThat(page).hasURL(Pattern.compile("#run=digits$"));
        assertThat(page.locator("#layers tbody button").first()).isVisible();
        assertThat(page.locator("#banner")).isHidden();
        assertThat(page.locator("#notice")).containsText("Run digits has no layer nothing; it has fc1, fc2, output.");

        asked.clear();
        page.clock().fastForward(60_000);
        page.waitForResponse("**/api/runs", () -> page.evaluate("fetch('api/runs')"));
        assertThat(asked).noneMatch(address -> address.contains("layer=nothing"));
        page.close();
    }

    @Test
    void saysWhatToDoWhileThereIsNothing() throws Exception {
        int other = StablePort.find();
        try (LedgerCommand command = LedgerCommand.start(
                "live", "--port", other, "--bootstrap-server", ledger.bootstrapServers(), "--topic-prefix", "empty.")) {
            command.awaitOutput("live at ");
            Page page = browser.page("http://127.0.0.1:" + other, 800, 600, ColorScheme.DARK);
            Locator words = page.locator("#empty");
            assertThat(words).containsText("This Kafka lacks empty.run.");

            Processing.createTopics(ledger.bootstrapServers(), "empty.");
            assertThat(words).containsText("No runs yet");

            try (LedgerRows rows = new LedgerRows(ledger.bootstrapServers(), "empty.", "first")) {
                rows.manifest();
            }
            assertThat(words).containsText("Run first has begun; its trainer has not sent a step yet.");
            assertThat(page.locator("#run")).hasValue("first");
            page.close();
        }
    }

    private static Page open(String hash) {
        return browser.page("http://127.0.0.1:" + port + "/" + hash, 1_440, 900, ColorScheme.LIGHT);
    }

    private static LedgerCommand serve() throws Exception {
        LedgerCommand command =
                LedgerCommand.start("live", "--port", port, "--bootstrap-server", ledger.bootstrapServers());
        command.awaitOutput("live at http://localhost:" + port);
        return command;
    }

    private static void train(String run) throws IOException {
        new Trainer(Trainings.of(run, STEPS, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500), ledger.publishing())
                .run(step -> {});
    }

    /** The first snapshot, or update to the whole, that holds all steps: as any client would read it. */
    private static JsonObject snapshot(String run) throws Exception {
        new Http(port).await("/api/runs/" + run, answer -> answer.status() == 200);
        for (int attempt = 0; attempt < 100; attempt++) {
            var stream = URI.create("http://127.0.0.1:" + port + "/api/runs/" + run + "/stream")
                    .toURL()
                    .openStream();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                while (!Objects.equals(lines.readLine(), "event: snapshot")) {
                    // what comes before
                }
                JsonObject json = JsonParser.parseString(lines.readLine().substring("data: ".length()))
                        .getAsJsonObject();
                if (!json.get("reading").getAsBoolean()) {
                    return json;
                }
            }
        }
        throw new AssertionError("No snapshot was whole");
    }

    private static double number(String shown) {
        var found = Pattern.compile("[−+]?[0-9.]+").matcher(shown);
        assertThat(found.find()).as(shown).isTrue();
        return Double.parseDouble(found.group().replace('−', '-'));
    }

    /** Written by something else than our producer and processor. */
    private static void publishHostileRun() throws Exception {
        RunManifest manifest = RunManifest.newBuilder()
                .setRun("hostile")
                .setStatus(RunStatus.RUN_STATUS_FINISHED)
                .setModel(HOSTILE)
                .addLayers(LayerManifest.newBuilder().setLayer(HOSTILE).setUnits(2))
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"))
                .build();
        StepRow step = StepRow.newBuilder()
                .setRun("hostile")
                .setObjective("train")
                .setLossEnd(1)
                .setCumulativeLossChange(-1)
                .setCumulativeLca(-1)
                .build();
        LayerRow layer = LayerRow.newBuilder()
                .setRun("hostile")
                .setObjective("train")
                .setLayer(HOSTILE)
                .setLca(-1)
                .setCumulativeLca(-1)
                .build();
        try (LedgerRows rows = new LedgerRows(ledger.bootstrapServers(), "lossledger.", "hostile")) {
            rows.send(LedgerTopic.RUN, manifest, 0);
            rows.send(LedgerTopic.STEP, step, 0);
            rows.send(LedgerTopic.LAYER, layer, 0);
        }
    }
}
