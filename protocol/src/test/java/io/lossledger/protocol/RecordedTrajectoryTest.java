package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import org.junit.jupiter.api.Test;

class RecordedTrajectoryTest {
    private static final RunManifest RECORDED = RunManifest.newBuilder()
            .setRun("r1")
            .setRule("simpson-2")
            .setMaxSplits(2)
            .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
            .addObjectives(objective("train"))
            .setTrajectory(TrajectoryManifest.newBuilder().setStepsInBlock(16))
            .build();

    @Test
    void isThatOfTheRunItselfOrOfAnother() {
        RunManifest measured = RECORDED.toBuilder().clearTrajectory().build();
        assertThat(RecordedTrajectory.of(measured)).isEmpty();
        assertThat(RecordedTrajectory.isAsked(measured)).isFalse();
        assertThat(RecordedTrajectory.of(RECORDED)).contains("r1");
        assertThat(RecordedTrajectory.isAsked(RECORDED)).isFalse();
        assertThat(RecordedTrajectory.of(asked().build())).contains("r1");
        assertThat(RecordedTrajectory.isAsked(asked().build())).isTrue();
    }

    @Test
    void aQuestionNamesObjectivesAndWhatIsDifferent() {
        assertThat(RecordedTrajectory.question(asked().build(), RECORDED)).isEqualTo("train");
        RunManifest exact = asked().setMaxSplits(16)
                .setRelativeTolerance(1e-6)
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                .build();
        assertThat(RecordedTrajectory.question(exact, RECORDED)).isEqualTo("train, up to 16 splits, float64");
        assertThat(RecordedTrajectory.question(exact, null)).isEqualTo("train");
        assertThat(RecordedTrajectory.question(
                        asked().setAbsoluteTolerance(1e-9).build(), RECORDED))
                .isEqualTo("train, other tolerances");
        RunManifest.Builder classes = asked().setRule("first-order").clearObjectives();
        for (int i = 0; i < 10; i++) {
            classes.addObjectives(objective("class=" + i));
        }
        assertThat(RecordedTrajectory.question(classes.build(), RECORDED))
                .isEqualTo("class=0, class=1, class=2 and 7 more, first-order");
    }

    private static RunManifest.Builder asked() {
        RunManifest.Builder asked = RECORDED.toBuilder().setRun("r1-asked").setParentRun("r1");
        asked.getTrajectoryBuilder().setRecordedRun("r1");
        return asked;
    }

    private static ObjectiveManifest objective(String name) {
        return ObjectiveManifest.newBuilder().setName(name).build();
    }
}
