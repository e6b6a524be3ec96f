package io.lossledger.producer.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OpenBlockTest {
    private static final int BLOCK = 1;
    private static final int START = Points.FIRST_STEP + Points.STEPS_IN_BLOCK;

    private OpenBlock block;
    private final List<String> segments = new ArrayList<>();

    @BeforeEach
    void open() {
        block = new OpenBlock(Points.chunk(BLOCK, START, 0, 0), ElementType.ELEMENT_TYPE_FLOAT32, Points.LENGTH);
        assertThat(block.firstStep()).isEqualTo(START);
    }

    @Test
    void cutsASegmentFromEachPointToTheNext() {
        for (int step = START; step <= START + Points.STEPS_IN_BLOCK; step++) {
            add(step, 0);
        }
        assertThat(segments)
                .containsExactly(
                        "6..7 from 6.0 to 7.0",
                        "7..8 from 7.0 to 8.0",
                        "8..9 from 8.0 to 9.0",
                        "9..10 from 9.0 to 10.0");
    }

    @Test
    void joinsWhatIsLeftWhenAPointOrAChunkOfItIsLost() {
        add(START, 0);
        add(Points.chunk(BLOCK, START + 1, 0, 1)); // its first chunk is lost
        add(Points.chunk(BLOCK, START + 2, 0, 0)); // its last chunk is lost
        add(START + 4, 0); // the point between is lost
        assertThat(segments).containsExactly("6..10 from 6.0 to 10.0");
    }

    @Test
    void doesNotJoinPathsWhateverIsLost() {
        add(START, 0);
        add(START + 1, 0);
        add(START + 1, 1); // parameters were set between the steps
        add(START + 2, 1);
        add(Points.chunk(BLOCK, START + 2, 2, 0)); // set again; this beginning is lost
        add(START + 3, 2);
        add(START + 4, 2);
        assertThat(segments)
                .containsExactly("6..7 from 6.0 to 7.0", "7..8 from 1007.0 to 1008.0", "9..10 from 2009.0 to 2010.0");
    }

    @Test
    void leavesOutWhatCameBefore() {
        add(START, 0);
        add(START, 0);
        add(START + 1, 0);
        add(Points.chunk(BLOCK, START + 2, 0, 0));
        add(Points.chunk(BLOCK, START + 2, 0, 0));
        add(START + 1, 0);
        add(Points.chunk(BLOCK, START + 2, 0, 1));
        assertThat(segments).containsExactly("6..7 from 6.0 to 7.0", "7..8 from 7.0 to 8.0");
    }

    @Test
    void refusesAnotherPrecisionAndAnotherModel() {
        Point point = Points.chunk(BLOCK, START, 0, 0);
        OpenBlock doubles = new OpenBlock(point, ElementType.ELEMENT_TYPE_FLOAT64, Points.LENGTH);
        assertThatThrownBy(() -> doubles.add(point))
                .hasMessage("point.chunk.element_type: must be ELEMENT_TYPE_FLOAT64, as in the run's manifest."
                        + " Found: ELEMENT_TYPE_FLOAT32");
        OpenBlock larger = new OpenBlock(point, ElementType.ELEMENT_TYPE_FLOAT32, 4);
        assertThatThrownBy(() -> larger.add(point))
                .hasMessage("point.chunk.length: must be 4, as in the run's manifest and first record. Found: 3");
    }

    private void add(int step, int path) {
        add(Points.chunk(BLOCK, step, path, 0));
        add(Points.chunk(BLOCK, step, path, 1));
    }

    private void add(Point point) {
        block.add(point).map(OpenBlockTest::text).ifPresent(segments::add);
    }

    private static String text(TrainedSegment segment) {
        int from = segment.step() + 1 - segment.stepsCovered();
        return from + ".." + (segment.step() + 1) + " from " + first(segment.start()) + " to " + first(segment.end());
    }

    private static double first(FlatVector vector) {
        assertThat(vector.length()).isEqualTo(Points.LENGTH);
        assertThat(vector.get(2) - vector.get(0)).isEqualTo(0.5);
        return vector.get(0);
    }
}
