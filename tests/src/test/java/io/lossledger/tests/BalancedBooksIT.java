package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real training through a real broker: the sum agrees with the loss. */
class BalancedBooksIT {
    private static final int STEPS = 23;

    @TempDir
    static Path directory;

    private static RunningLedger ledger;

    @BeforeAll
    static void start() throws Exception {
        ledger = RunningLedger.start(directory);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @ParameterizedTest
    @CsvSource({
        "SGD, FLOAT32, 0.01",
        "MOMENTUM, FLOAT32, 0.01",
        "ADAM, FLOAT32, 0.01",
        "SGD, FLOAT64, 0.01",
        "MOMENTUM, FLOAT64, 0.01",
        "ADAM, FLOAT64, 0.01"
    })
    void balancesEveryOptimizer(Optimizer optimizer, String precision, double tolerance) throws Exception {
        String run = "balance-" + optimizer + "-" + precision;
        PublishReport report = train(run, optimizer, ElementType.valueOf("ELEMENT_TYPE_" + precision));
        WindowRow closing = ledger.closing(run);
        List<StepRow> steps = ledger.rows(LedgerTopic.STEP, run, StepRow.class);

        assertThat(report.failedRecords()).isZero();
        assertThat(steps).extracting(StepRow::getStep).containsExactlyElementsOf(numbers());
        assertThat(closing.getSteps()).isEqualTo(STEPS);
        assertThat(closing.getMissingSteps()).isZero();
        assertThat(closing.getLossChange())
                .isEqualTo(steps.get(STEPS - 1).getCumulativeLossChange())
                .isNegative();
        double largest = steps.stream()
                .mapToDouble(step -> Math.abs(step.getResidual()))
                .max()
                .orElseThrow();
        double relative = Math.abs(closing.getResidual() / closing.getLossChange());
        System.out.printf(
                Locale.ROOT,
                "residual: %-8s %s  largest step %.2e  cumulated %.2e  relative %.2e%n",
                optimizer,
                precision,
                largest,
                Math.abs(closing.getResidual()),
                relative);
        assertThat(relative).isLessThan(tolerance);
    }

    @Test
    void rowsAgreeWithEachOther() throws Exception {
        String run = "consistent";
        train(run, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32);
        WindowRow closing = ledger.closing(run);
        List<StepRow> steps = ledger.rows(LedgerTopic.STEP, run, StepRow.class);
        List<LayerRow> layers = ledger.rows(LedgerTopic.LAYER, run, LayerRow.class);
        List<UnitRow> units = ledger.rows(LedgerTopic.UNIT, run, UnitRow.class);

        assertThat(layers).hasSize(3 * STEPS);
        assertThat(units).hasSize(3 * STEPS);
        double total = 0;
        for (int step = 0; step < STEPS; step++) {
            double sum = 0;
            for (int layer = 0; layer < 3; layer++) {
                LayerRow row = layers.get(3 * step + layer);
                sum += row.getLca();
                double overUnits = units.get(3 * step + layer).getUnitLcaList().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
                assertThat(row.getGradientNorm() * row.getDeltaNorm() * row.getCosine())
                        .isCloseTo(row.getLca(), within(1e-12));
                assertThat(row.getCosine()).isBetween(-1.0, 1.0).isNotZero();
                assertThat(overUnits).isCloseTo(row.getLca(), within(1e-12));
            }
            assertThat(steps.get(step).getLca()).isEqualTo(sum);
            total += sum;
            assertThat(steps.get(step).getCumulativeLca()).isEqualTo(total);
            if (step > 0) {
                assertThat(steps.get(step).getLossStart())
                        .isEqualTo(steps.get(step - 1).getLossEnd());
            }
        }
        assertThat(closing.getLca()).isEqualTo(total);
        assertThat(closing.getLossStart()).isEqualTo(steps.get(0).getLossStart());
        assertThat(closing.getLossEnd()).isEqualTo(steps.get(STEPS - 1).getLossEnd());
        // Windows of five steps and the closing one, each with the model and three layers.
        assertThat(ledger.rows(LedgerTopic.WINDOW, run, WindowRow.class)).hasSize(4 * (5 + 1));
    }

    @Test
    void givesTheSameBooksForTheSameSeed() throws Exception {
        train("seeded-1", Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32);
        train("seeded-2", Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32);

        assertThat(ledger.closing("seeded-1").getLca())
                .isEqualTo(ledger.closing("seeded-2").getLca());
    }

    @Test
    void closesARunThatWasStoppedAsInterrupted() throws Exception {
        String run = "stopped";
        Trainer trainer =
                new Trainer(settings(run, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32), ledger.publishing());
        trainer.run(step -> {
            if (step.step() == 4) {
                trainer.stop();
            }
        });
        WindowRow closing = ledger.closing(run);
        RunManifest manifest = RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")
                .get(run);

        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        // Training is ahead by what waits, what is being measured, and the steps under way.
        assertThat(closing.getSteps()).isBetween(5, 5 + RecordSettings.DEFAULT_QUEUE_SEGMENTS + 3);
        assertThat(closing.getMissingSteps()).isZero();
        assertThat(manifest).isNotNull();
        assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        assertThat(manifest.getPlannedSteps()).isEqualTo(STEPS);
        assertThat(manifest.getLastStep()).isEqualTo(closing.getLastStep());
    }

    @Test
    void refusesARunThatExists() throws Exception {
        train("twice", Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32);

        assertThatThrownBy(() -> train("twice", Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32))
                .hasMessage("run: must be new in this Kafka. Found: twice exists");
    }

    @Test
    void refusesAKafkaWithoutTheTopics() {
        PublisherSettings elsewhere = new PublisherSettings(
                "nowhere.",
                64 << 10,
                PublisherSettings.DEFAULT_PATIENCE,
                Map.of("bootstrap.servers", ledger.bootstrapServers()));

        assertThatThrownBy(
                        () -> new Trainer(settings("lost", Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32), elsewhere)
                                .run(step -> {}))
                .hasMessage("topic: must exist (create it with: lossledger topics --create). Found: no nowhere.update");
    }

    private static PublishReport train(String run, Optimizer optimizer, ElementType type) throws Exception {
        return new Trainer(settings(run, optimizer, type), ledger.publishing()).run(step -> {});
    }

    private static TrainSettings settings(String run, Optimizer optimizer, ElementType type) {
        return Trainings.of(run, STEPS, optimizer, type, 1_000);
    }

    private static List<Integer> numbers() {
        return java.util.stream.IntStream.range(0, STEPS).boxed().toList();
    }
}
