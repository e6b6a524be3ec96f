package io.lossledger.streams.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks of runs whose steps come in any order. */
class AnyOrderCheckTest {
    private final SentRun run = new SentRun();

    @BeforeEach
    void declare() {
        run.updates.forEach(update -> update.setAnyOrder(true));
    }

    @Test
    void findsNothingInAnyOrder() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < run.updates.size(); i++) {
            order.add(i);
        }
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(order, new Random(seed));
            SentRun shuffled = new SentRun();
            shuffled.updates.clear();
            shuffled.partitions.clear();
            for (int i : order) {
                shuffled.add(run.updates.get(i).clone(), run.partitions.get(i));
            }
            shuffled.add(run.update(1, 1).clone(), 1); // a second copy
            assertThat(shuffled.check()).isEmpty();
        }
    }

    @Test
    void namesTheStepsThatAreMissing() {
        removeStep(1);
        assertThat(run.check())
                .extracting(Finding::rule)
                .containsExactly("step: every step must be measured or lost, as later ones wait for it."
                        + " Found: 1 steps missing, the first one 1");

        run.add(lost(1), 0);
        assertThat(run.check()).isEmpty();
    }

    /** The end is known before anything is measured. */
    @Test
    void countsTheStepsUpToTheEndMarkers() {
        removeStep(3);
        removeStep(2);
        assertThat(run.check())
                .extracting(Finding::rule)
                .containsExactly("step: every step must be measured or lost, as later ones wait for it."
                        + " Found: 2 steps missing, the first one 2");

        run.manifest.setStatus(RunStatus.RUN_STATUS_RUNNING).clearLastStep();
        for (int i = 0; i < SentRun.CHUNKS; i++) {
            run.remove(2, 0);
        }
        assertThat(run.check()).isEmpty();
    }

    @Test
    void namesSegmentsThatOverlap() {
        for (int chunk = 0; chunk < SentRun.CHUNKS; chunk++) {
            run.add(run.update(3, chunk).clone().setStep(3).setStepsCovered(2), chunk);
        }
        run.remove(3, 0);
        run.remove(3, 0);
        run.remove(3, 0);
        assertThat(run.check())
                .extracting(Finding::rule)
                .anyMatch(rule ->
                        rule.startsWith("update.step: segments of a chunk must not overlap. Found: steps 2 to 3"));
    }

    @Test
    void namesAnEndBeforeTheLastStep() {
        for (int chunk = 0; chunk < SentRun.CHUNKS; chunk++) {
            run.update(SentRun.STEPS, chunk).setStep(2);
        }
        assertThat(run.check())
                .extracting(Finding::rule)
                .contains("update.finished: must carry the step after the last one trained, at least 4. Found: 2");
    }

    @Test
    void comparesStepsInTheOrderOfTheTrajectory() {
        run.all(1, objective -> objective.setLossStart(91).setLossEnd(83));
        Collections.reverse(run.updates);
        Collections.reverse(run.partitions);
        assertThat(run.check())
                .extracting(Finding::rule)
                .allMatch(rule -> rule.startsWith("objective.loss_start: a fixed objective must start where it ended"))
                .isNotEmpty();
    }

    private void removeStep(int step) {
        for (int i = 0; i < SentRun.CHUNKS; i++) {
            run.remove(step, 0);
        }
    }

    private Update.Builder lost(int step) {
        return run.update(0, 0)
                .clone()
                .setStep(step)
                .setStepsCovered(1)
                .setLost(SegmentLost.newBuilder().setReason("out of memory"));
    }
}
