package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutageLinesTest {
    private final StringWriter text = new StringWriter();
    private long seconds = 1_000;
    private final OutageLines lines =
            new OutageLines(new PrintWriter(text, true), "kafka:9092", () -> TimeUnit.SECONDS.toNanos(seconds));

    @Test
    void saysNothingWhileKafkaAnswers() {
        lines.back();

        assertThat(text.toString()).isEmpty();
    }

    @Test
    void saysOnceThatKafkaIsAwayAndThenEveryHalfMinuteForHowLong() {
        for (int i = 0; i < 65; i++) {
            lines.away("no answer");
            seconds++;
        }
        lines.back();
        lines.away("refused");

        assertThat(text.toString().lines())
                .containsExactly(
                        "waiting for Kafka at kafka:9092 (no answer)",
                        "still waiting for Kafka at kafka:9092 after 30 s",
                        "still waiting for Kafka at kafka:9092 after 60 s",
                        "Kafka at kafka:9092 answers again after 65 s",
                        "waiting for Kafka at kafka:9092 (refused)");
    }
}
