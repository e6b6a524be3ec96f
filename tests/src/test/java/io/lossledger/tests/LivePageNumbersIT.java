package io.lossledger.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The live page with numbers that are not finite. */
class LivePageNumbersIT {
    private static final int STEPS = 40;
    private static final int BAD_FROM = 30;
    private static final String PICTURES = System.getProperty("lossledger.screenshots", "");

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
        port = StablePort.find();
        live = LedgerCommand.start("live", "--port", port, "--bootstrap-server", broker.bootstrapServers());
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

    static Stream<Arguments> notFinite() {
        return Stream.of(
                Arguments.of("nan", Double.NaN, "NaN", "NaN"),
                Arguments.of("up", Double.POSITIVE_INFINITY, "∞", "+∞"),
                Arguments.of("down", Double.NEGATIVE_INFINITY, "−∞", "−∞"));
    }

    @ParameterizedTest
    @MethodSource("notFinite")
    void saysWhatIsNotFiniteAndDrawsTheRest(String run, double bad, String shown, String signed) throws Exception {
        publish(run, bad);
        Page page = browser.page("http://127.0.0.1:" + port + "/#run=" + run, 1_440, 900, ColorScheme.LIGHT);
        assertThat(page.locator("#status")).containsText("failed · ");
        assertThat(page.locator("#objective option:checked")).hasText("train");
        String loss = ".panel[aria-label^='Loss and its start'] .row:has(.name:text-is('%s')) .value";
        for (String name : new String[] {"loss", "loss change", "ΣLCA"}) {
            assertThat(page.locator(loss.formatted(name))).hasText(shown);
        }
        assertThat(page.locator(".panel[aria-label^='Residual'] .row .value").first())
                .hasText(signed);
        assertThat(page.locator("#verdicts li.bad")).hasCount(3);
        assertThat(page.locator("#layers tbody tr").nth(0).locator("td").nth(2)).hasText(shown);
        assertThat(page.locator("#layers tbody tr").nth(1).locator("td").nth(2)).hasText("−4.000");
        page.locator("#layers tbody button").first().click();
        assertThat(page.locator("#units")).containsText("not finite");
        for (String panel : new String[] {"Loss and its start + ΣLCA", "ΣLCA by layer", "LCA by layer"}) {
            assertThat(page.locator(".panel[aria-label^='" + panel + ":'] .values"))
                    .containsText(shown);
            assertThat(drawn(page, panel)).as(panel).isGreaterThan(300);
        }
        if (!PICTURES.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setFullPage(true)
                    .setPath(Path.of(PICTURES, "not-finite-" + run + ".png")));
        }
        assertThat(browser.complaints()).isEmpty();
        page.close();
    }

    /** Pixels of a panel's canvas that are drawn. */
    private static int drawn(Page page, String panel) {
        return (int) page.evaluate(
                "name => { const canvas = document.querySelector(`.panel[aria-label^='${name}:'] canvas:not(.scale canvas)`);"
                        + " const plot = [...document.querySelectorAll(`.panel[aria-label^='${name}:'] .plot canvas`)][0] ?? canvas;"
                        + " const data = plot.getContext('2d').getImageData(0, 0, plot.width, plot.height).data; let count = 0;"
                        + " for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0) count++; return count; }",
                panel);
    }

    private static void publish(String run, double bad) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int step = 0; step < STEPS; step++) {
                boolean damaged = step >= BAD_FROM;
                double sum = -0.2 * (step + 1);
                StepRow whole = StepRow.newBuilder()
                        .setRun(run)
                        .setStep(step)
                        .setTime(Timestamps.fromMillis(System.currentTimeMillis()))
                        .setObjective("train")
                        .setStepsBooked(step + 1)
                        .setLossStart(9 + sum)
                        .setLossEnd(damaged ? bad : 8.8 + sum)
                        .setCumulativeLossChange(damaged ? bad : sum)
                        .setCumulativeLca(damaged ? bad : sum)
                        .setCumulativeResidual(damaged ? bad : 0.01 * step)
                        .setHelpedParameters(6)
                        .setHurtParameters(4)
                        .build();
                send(producer, LedgerTopic.STEP, run, whole);
                send(producer, LedgerTopic.LAYER, run, layer(run, step, 0, damaged ? bad : -0.1));
                send(producer, LedgerTopic.LAYER, run, layer(run, step, 1, -0.1));
                UnitRow.Builder units = UnitRow.newBuilder()
                        .setRun(run)
                        .setStep(step)
                        .setObjective("train")
                        .setLayer("layer-0")
                        .setUnits(3)
                        .addUnitLca(-0.3)
                        .addUnitLca(damaged ? bad : 0.1)
                        .addUnitLca(0.1);
                send(producer, LedgerTopic.UNIT, run, units.build());
            }
            RunManifest.Builder manifest = RunManifest.newBuilder()
                    .setRun(run)
                    .setStatus(RunStatus.RUN_STATUS_FAILED)
                    .setFailure("diverged")
                    .addObjectives(ObjectiveManifest.newBuilder().setName("class=0"))
                    .addObjectives(ObjectiveManifest.newBuilder().setName("train"));
            for (int layer = 0; layer < 2; layer++) {
                manifest.addLayers(
                        LayerManifest.newBuilder().setLayer("layer-" + layer).setUnits(3));
            }
            send(producer, LedgerTopic.RUN, run, manifest.build());
        }
    }

    private static LayerRow layer(String run, int step, int index, double lca) {
        return LayerRow.newBuilder()
                .setRun(run)
                .setStep(step)
                .setObjective("train")
                .setLayer("layer-" + index)
                .setLayerIndex(index)
                .setParameters(5)
                .setLca(lca)
                .setHelp(-0.3)
                .setHarm(0.2)
                .setCumulativeLca(Double.isFinite(lca) ? -0.1 * (step + 1) : lca)
                .build();
    }

    private static void send(KafkaProducer<String, byte[]> producer, LedgerTopic topic, String run, Message row)
            throws Exception {
        producer.send(new ProducerRecord<>(topic.named("lossledger."), run, RowFormat.JSON.serialize(row)))
                .get();
    }
}
