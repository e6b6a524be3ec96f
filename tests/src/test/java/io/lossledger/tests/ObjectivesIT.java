package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.lca.Quadrature;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything at once, through a real broker: several objectives, update parts, refinement. */
class ObjectivesIT {
    private static final int STEPS = 10;
    private static final String RUN = "everything";
    private static final MeasureSettings REFINED =
            new MeasureSettings(ElementType.ELEMENT_TYPE_FLOAT64, Rule.RK4, 8, 1e-6, 0.01, 100);

    private static RunningLedger ledger;
    private static List<StepRow> steps;
    private static List<LayerRow> layers;

    @BeforeAll
    static void train(@TempDir Path directory) throws Exception {
        ledger = RunningLedger.start(directory);
        new Trainer(
                        Trainings.of(
                                RUN,
                                STEPS,
                                Optimizer.MOMENTUM,
                                List.of("train", "validation", "classes", "sampled"),
                                500,
                                true,
                                REFINED,
                                RecordSettings.DEFAULT),
                        ledger.publishing())
                .run(step -> {});
        ledger.closing(RUN);
        steps = ledger.rows(LedgerTopic.STEP, RUN, StepRow.class);
        layers = ledger.rows(LedgerTopic.LAYER, RUN, LayerRow.class);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void balancesEveryObjectiveInEveryStep() {
        List<StepRow> whole =
                steps.stream().filter(row -> row.getPart().isEmpty()).toList();

        assertThat(whole).hasSize(STEPS * 13);
        for (StepRow row : whole) {
            boolean refined = !row.getObjective().equals("sampled") && !row.getCapped();
            double scale = Math.max(Math.abs(row.getLossChange()), grossOfLayers(row));
            assertThat(Math.abs(row.getResidual()))
                    .as("step %d, %s", row.getStep(), row.getObjective())
                    .isLessThanOrEqualTo(refined ? REFINED.tolerance(scale) : 1e-3 + 0.02 * scale);
        }
        assertThat(whole).filteredOn(row -> !row.getCapped()).hasSizeGreaterThan(STEPS * 9);
    }

    private static double grossOfLayers(StepRow step) {
        return layers.stream()
                .filter(row -> row.getStep() == step.getStep()
                        && row.getObjective().equals(step.getObjective())
                        && row.getPart().isEmpty())
                .mapToDouble(row -> Math.abs(row.getLca()))
                .sum();
    }

    /** LCA is linear in the loss: the classes, weighted by their shares, add up to the train set, layer by layer. */
    @Test
    void addsTheClassesUpToTheWhole() {
        for (int step = 0; step < STEPS; step++) {
            Map<String, StepRow> rows = byObjective(step);
            double loss = 0;
            double change = 0;
            for (int label = 0; label < 10; label++) {
                StepRow row = row(rows, "class=" + label);
                loss += row.getWeight() * row.getLossEnd();
                change += row.getWeight() * row.getLossChange();
            }
            assertThat(loss).isCloseTo(row(rows, "train").getLossEnd(), within(1e-12));
            assertThat(change).isCloseTo(row(rows, "train").getLossChange(), within(1e-12));
        }
    }

    @Test
    void addsThePartsUpToTheWholeInEveryLayer() {
        Map<String, List<LayerRow>> groups = layers.stream()
                .collect(Collectors.groupingBy(row -> row.getStep() + "|" + row.getObjective() + "|" + row.getLayer()));

        assertThat(groups).hasSize(STEPS * 13 * 3);
        for (List<LayerRow> group : groups.values()) {
            assertThat(group).extracting(LayerRow::getPart).containsExactly("", "gradient", "momentum");
            double parts = group.get(1).getLca() + group.get(2).getLca();
            double gross = group.get(1).getHarm() - group.get(1).getHelp();
            assertThat(parts).isCloseTo(group.get(0).getLca(), within(1e-12 * gross + 1e-16));
        }
        assertThat(layers)
                .as("at the first step there is no momentum yet")
                .filteredOn(row -> row.getStep() == 0 && row.getPart().equals("momentum"))
                .extracting(LayerRow::getLca)
                .containsOnly(0.0);
    }

    @Test
    void tellsTheSplitsThatWereUsed() {
        List<StepRow> whole = steps.stream()
                .filter(row -> row.getPart().isEmpty() && !row.getObjective().equals("sampled"))
                .toList();

        assertThat(whole).extracting(StepRow::getSplits).isSubsetOf(2, 4, 8).contains(4);
        for (StepRow row : whole) {
            assertThat(row.getRule())
                    .isEqualTo(Quadrature.simpson(row.getSplits()).name());
            assertThat(row.hasLargestLayerEstimate()).isTrue();
        }
    }

    @Test
    void putsAnIntervalAroundWindowsOfTheSampledObjective() throws Exception {
        List<WindowRow> windows = ledger.rows(LedgerTopic.WINDOW, RUN, WindowRow.class).stream()
                .filter(row -> row.getPart().isEmpty())
                .toList();

        assertThat(windows)
                .filteredOn(row -> row.getObjective().equals("sampled"))
                .hasSize(3 * 4)
                .allSatisfy(row -> {
                    assertThat(row.getStandardError()).isPositive();
                    assertThat(row.getIntervalLow()).isLessThan(row.getLca());
                    assertThat(row.getIntervalHigh()).isGreaterThan(row.getLca());
                });
        assertThat(windows)
                .filteredOn(row -> !row.getObjective().equals("sampled"))
                .noneMatch(WindowRow::hasStandardError);
    }

    @Test
    void describesHowItWasMeasured() {
        RunManifest manifest = RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")
                .get(RUN);

        assertThat(manifest).isNotNull();
        assertThat(manifest.getMaxSplits()).isEqualTo(8);
        assertThat(manifest.getRelativeTolerance()).isEqualTo(0.01);
        assertThat(manifest.getMaxGradientsPerStep()).isEqualTo(100);
        assertThat(manifest.getObjectives(12).getName()).isEqualTo("sampled");
        assertThat(manifest.getObjectives(12).getSampleExamples()).isEqualTo(50);
        assertThat(manifest.getObjectives(12).getExamples()).isEqualTo(5_000);
    }

    private static Map<String, StepRow> byObjective(int step) {
        return steps.stream()
                .filter(row -> row.getStep() == step && row.getPart().isEmpty())
                .collect(Collectors.toMap(StepRow::getObjective, row -> row));
    }

    private static StepRow row(Map<String, StepRow> rows, String objective) {
        StepRow row = rows.get(objective);
        if (row == null) {
            throw new AssertionError("No row of " + objective);
        }
        return row;
    }
}
