package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter written = new StringWriter();
    private long seconds = 100;

    /** What takes less than two seconds shows nothing; then a line replaces the one before. */
    @Test
    void aTerminalShowsOneLine() {
        ProgressLine line = line(true);
        seconds += 1;
        line.show("10,000 rows read");
        line.clear();
        assertThat(written.toString()).isEmpty();

        seconds += 1;
        line.show("20,000 rows read");
        line.show("30,000 rows read");
        seconds += 1;
        line.show("40 left");
        assertThat(written).hasToString("\r20,000 rows read\r40 left         ");
        line.clear();
        line.clear();
        assertThat(written.toString()).endsWith("\r40 left         \r       \r");
    }

    @Test
    void aFileGetsALineEveryTenSeconds() {
        ProgressLine line = line(false);
        for (int i = 1; i <= 25; i++) {
            seconds++;
            line.show(i + " rows read");
        }
        line.clear();
        assertThat(written.toString().lines()).containsExactly("10 rows read", "20 rows read");
    }

    /** A report of several runs counts their rows together. */
    @Test
    void theRowsOfAllRunsAreCountedInOneLine() {
        try (StopSignal stop = StopSignal.install(() -> {});
                RowProgress progress = new RowProgress(line(true), stop)) {
            seconds += 5;
            for (int row = 0; row < 600; row++) {
                seconds++;
                progress.row();
            }
        }
        assertThat(written.toString())
                .startsWith("\r256 rows read\r512 rows read")
                .doesNotContain("\n");
    }

    private ProgressLine line(boolean terminal) {
        return new ProgressLine(new PrintWriter(written, true), terminal, () -> seconds * 1_000_000_000);
    }
}
