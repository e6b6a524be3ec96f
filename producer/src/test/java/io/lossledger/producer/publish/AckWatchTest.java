package io.lossledger.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AckWatchTest {
    private static final String SAID = "has accepted nothing for 10 s, and records wait: one of three is there";

    private long nanos;
    private final UnsentBytes unsent = new UnsentBytes(1_000, Duration.ZERO);
    private final List<String> said = new ArrayList<>();
    private final AckWatch watch = new AckWatch(unsent, () -> nanos, () -> "one of three is there", said::add);

    @Test
    void aTrainingThatSendsNothingWaitsForNothing() {
        pass(600);

        assertThat(said).isEmpty();
        assertThat(watch.stalled()).isZero();
    }

    @Test
    void recordsThatAreAcknowledgedOneByOneDoNotWait() {
        unsent.handedOver(100);
        for (int i = 0; i < 99; i++) {
            unsent.settled(1, true);
            pass(9);
        }

        assertThat(said).isEmpty();
    }

    @Test
    void saysAtEachOutageThatNothingIsAcceptedAndThatItGoesOn() {
        for (int outage = 0; outage < 2; outage++) {
            unsent.handedOver(100);
            pass(32);
            assertThat(watch.stalled()).isEqualTo(Duration.ofSeconds(32));
            unsent.settled(100, true);
            pass(60);
            assertThat(watch.stalled()).isZero();
        }

        assertThat(said)
                .containsExactly(SAID, "accepts records again after 32 s", SAID, "accepts records again after 32 s");
    }

    @Test
    void anOutageInWhichRecordsAreLostIsOverWhenLaterOnesAreAccepted() {
        unsent.handedOver(100);
        pass(20);
        unsent.settled(100, false);
        pass(20);
        unsent.handedOver(100);
        unsent.settled(100, true);
        pass(1);

        assertThat(said).containsExactly(SAID, "accepts records again after 40 s");
    }

    @Test
    void aStepThatWasNotHandedOverIsSaidAtOnce() {
        watch.refused();
        pass(30);

        assertThat(said).containsExactly("took no step for the time of --kafka-patience: one of three is there");
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            watch.look();
            nanos += Duration.ofSeconds(1).toNanos();
        }
        watch.look();
    }
}
