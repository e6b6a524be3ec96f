package io.lossledger.streams.alerts;

import io.lossledger.lca.HurtTest;
import io.lossledger.streams.alerts.Alerts.Finding;
import io.lossledger.streams.alerts.Alerts.Subject;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Places;
import io.lossledger.streams.v1.AlertBook;
import io.lossledger.streams.v1.AlertObjective;
import io.lossledger.streams.v1.AlertObjectiveOrBuilder;
import io.lossledger.streams.v1.LayerEvidence;
import java.util.List;
import java.util.Locale;

/**
 * A layer hurts when its LCA stays positive longer than chance allows, by a {@link HurtTest} over blocks of steps; the
 * alert closes when the same test finds that the layer helps. The threshold grows with the number of layers and
 * objectives, so that all tests of a run together raise at most one false alarm in {@value
 * #BLOCKS_BETWEEN_FALSE_ALARMS} blocks. Stateless.
 */
final class LayerHurtsRule {
    static final int BLOCKS_BETWEEN_FALSE_ALARMS = 1_000;

    private static final String LAYER_HURTS = "layer-hurts";

    private LayerHurtsRule() {}

    /** Adds a step to the block of each layer. */
    static void enter(AlertObjective.Builder book, List<BalancedStep.Layer> layers) {
        for (int i = 0; i < layers.size(); i++) {
            LayerEvidence.Builder evidence = evidence(book, i, layers.get(i).name());
            evidence.setBlockLca(evidence.getBlockLca() + layers.get(i).sums().sum());
        }
    }

    static double threshold(AlertBook.Builder book) {
        int tests = book.getObjectivesOrBuilderList().stream()
                .mapToInt(AlertObjectiveOrBuilder::getLayersCount)
                .sum();
        return (double) BLOCKS_BETWEEN_FALSE_ALARMS * Math.max(1, tests);
    }

    /** Tests the layers after a block. */
    static void judge(AlertObjective.Builder book, double threshold, int firstStep, int lastStep, Alerts alerts) {
        Subject objective = Subject.of(LAYER_HURTS, book);
        for (LayerEvidence.Builder layer : book.getLayersBuilderList()) {
            Subject subject = objective.withLayer(layer.getLayer());
            boolean hurts = alerts.isOpen(subject);
            HurtTest test = add(layer, hurts, firstStep);
            if (test.reaches(threshold)) {
                Finding finding = new Finding(test.evidence(), threshold);
                String message = String.format(
                        Locale.ROOT,
                        "Layer %s %s: its LCA on objective %s over steps %d to %d is %+.4g",
                        layer.getLayer(),
                        hurts ? "helps again" : "hurts",
                        subject.objectiveName(),
                        layer.getSinceStep(),
                        lastStep,
                        layer.getSinceLca());
                if (hurts) {
                    alerts.close(subject, finding, message);
                } else {
                    alerts.open(subject, finding, message);
                }
                layer.setLogEvidence(0);
            }
            layer.clearBlockLca();
        }
    }

    private static HurtTest add(LayerEvidence.Builder layer, boolean hurts, int firstStep) {
        double block = layer.getBlockLca();
        HurtTest before = new HurtTest(layer.getMeanSquare(), layer.getLogEvidence());
        if (!Double.isFinite(block)) {
            return before;
        }
        HurtTest after = before.plus(hurts ? -block : block);
        if (before.logEvidence() == 0) {
            layer.setSinceStep(firstStep).setSinceLca(0);
        }
        layer.setSinceLca(layer.getSinceLca() + block);
        layer.setMeanSquare(after.meanSquare()).setLogEvidence(after.logEvidence());
        return after;
    }

    private static LayerEvidence.Builder evidence(AlertObjective.Builder book, int expected, String layer) {
        int place = Places.find(
                expected,
                book.getLayersCount(),
                i -> book.getLayersOrBuilder(i).getLayer().equals(layer));
        return place >= 0
                ? book.getLayersBuilder(place)
                : book.addLayersBuilder().setLayer(layer);
    }
}
