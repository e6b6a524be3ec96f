package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepProgressTest {
    private long seconds = 100;

    @Test
    void saysHowManyStepsThereAreAndHowLongTheRestTakes() {
        StepProgress progress = progress(400);
        progress.at(0, 1);
        assertThat(progress.steps()).isEqualTo("0/400");
        assertThat(progress.left()).isEqualTo("?");

        seconds += 60;
        progress.at(120, 1);
        assertThat(progress.steps()).isEqualTo("120/400");
        assertThat(progress.left()).isEqualTo("2:20"); // 279 steps at two a second
        assertThat(progress.isLast()).isFalse();

        seconds += 140;
        progress.at(399, 1);
        assertThat(progress.left()).isEqualTo("0:00");
        assertThat(progress.isLast()).isTrue();
    }

    /** Resumed at step 1000, and measured every five steps. */
    @Test
    void countsFromTheFirstStepOfTheRun() {
        StepProgress progress = progress(10);
        progress.at(1004, 5);
        assertThat(progress.steps()).isEqualTo("1004/1010");
        assertThat(progress.width()).isEqualTo(9);
        seconds += 5;
        progress.at(1009, 5);
        assertThat(progress.isLast()).isTrue();
    }

    private StepProgress progress(int planned) {
        return new StepProgress(planned, () -> seconds * 1_000_000_000);
    }
}
