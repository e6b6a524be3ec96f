package io.lossledger.standalone.commands;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.RowFollower;
import io.lossledger.standalone.terminal.RunTable;
import io.lossledger.standalone.terminal.StepProgress;
import io.lossledger.streams.raw.RunRecords;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks after a training whether a processor has booked the run as it was sent: by its closing balance, alerts and dead
 * letters. Must be created before the training, because it reads from that time. Not thread-safe.
 */
final class RunVerification implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunVerification.class);
    private static final int MOST_ALERTS = 20;
    private static final Duration LAST_ROWS = Duration.ofMinutes(1);

    private final String prefix;
    private final String run;
    private final ClosingRows closing;
    private final double tolerance;
    private final String advice;
    private final @Nullable RowFollower rows;
    private final String unreadable;
    private int alerts;
    private long deadLetters;

    /**
     * @param objective whose closing balance is looked at
     * @param tolerance share of what moved up to which the books balance
     * @param advice what to do if no processor closes the run; may be empty
     */
    RunVerification(
            Map<String, Object> kafka, String prefix, String run, String objective, double tolerance, String advice) {
        this.prefix = prefix;
        this.run = run;
        this.closing = new ClosingRows(objective, "");
        this.tolerance = tolerance;
        this.advice = advice;
        @Nullable RowFollower follower = null;
        String why = "";
        try {
            follower = new RowFollower(kafka, prefix, LedgerTopic.WINDOW, LedgerTopic.ALERT, LedgerTopic.REJECTED);
        } catch (KafkaException e) { // trainers need no right to read
            why = String.valueOf(e.getMessage());
        }
        rows = follower;
        unreadable = why;
    }

    /**
     * Waits for the closing balance and says what has become of the run.
     *
     * @param patience how long to wait since a processor last wrote something of the run
     * @param stopped whether to wait no more
     * @return the exit code
     */
    int finish(PrintWriter out, PrintWriter err, PublishReport report, Duration patience, BooleanSupplier stopped) {
        int sent = report.lostAnything() ? ExitCode.RECORDS_LOST : 0;
        RowFollower follower = rows;
        if (follower == null) {
            out.println("not verified: " + unreadable);
            return sent;
        }
        RunTable table = new RunTable(out, new StepProgress(0));
        ProgressLine line = new ProgressLine(err);
        try {
            read(follower, table, line, patience, stopped);
        } catch (KafkaException e) { // topics may be known to those who must not read them
            line.clear();
            out.println("not verified: " + KafkaFaults.ofUser(e).orElse(String.valueOf(e.getMessage())));
            return sent;
        }
        line.clear();
        if (alerts > MOST_ALERTS) {
            out.println("and " + (alerts - MOST_ALERTS) + " more alerts; lossledger tail alert shows them");
        }
        boolean closed = closing.isComplete();
        boolean balanced = closed && RunTable.close(out, closing, report, tolerance);
        if (!closed) {
            out.println(
                    stopped.getAsBoolean()
                            ? "not verified: the command was stopped"
                            : "not verified: no processor closed the run within " + patience.toSeconds() + " s"
                                    + advice);
        }
        if (deadLetters > 0) {
            out.println("not booked: " + deadLetters + " records of the run; they are in "
                    + LedgerTopic.REJECTED.named(prefix));
        }
        if (sent != 0) {
            return sent;
        }
        if (deadLetters > 0) {
            return ExitCode.NOT_BOOKED;
        }
        return balanced || !closed ? 0 : ExitCode.NOT_BALANCED;
    }

    private void read(
            RowFollower follower, RunTable table, ProgressLine line, Duration patience, BooleanSupplier stopped) {
        long heard = System.nanoTime();
        while (!closing.isComplete() && !stopped.getAsBoolean() && System.nanoTime() - heard < patience.toNanos()) {
            line.show("waiting for a processor to close the run");
            for (ConsumerRecord<String, byte[]> row : follower.poll()) {
                if (isOfRun(row)) {
                    heard = System.nanoTime();
                    take(row, table);
                }
            }
        }
        if (stopped.getAsBoolean()) {
            return;
        }
        // Rows written before the closing balance may be in other topics, which are read later.
        Map<TopicPartition, Long> ends = follower.ends();
        while (!follower.isAt(ends) && !stopped.getAsBoolean() && System.nanoTime() - heard < LAST_ROWS.toNanos()) {
            for (ConsumerRecord<String, byte[]> row : follower.poll()) {
                if (isOfRun(row)) {
                    take(row, table);
                }
            }
        }
    }

    private boolean isOfRun(ConsumerRecord<String, byte[]> row) {
        String key = row.key() == null ? "" : row.key();
        return RunRecords.runOf(key.getBytes(StandardCharsets.UTF_8)).equals(run) && row.value() != null;
    }

    private void take(ConsumerRecord<String, byte[]> row, RunTable table) {
        if (row.topic().equals(LedgerTopic.REJECTED.named(prefix))) {
            deadLetters++;
            return;
        }
        try {
            if (row.topic().equals(LedgerTopic.ALERT.named(prefix))) {
                show(RowFormat.read(row.value(), AlertRow.newBuilder()).build(), table);
            } else {
                closing.accept(
                        RowFormat.read(row.value(), WindowRow.newBuilder()).build());
            }
        } catch (InvalidProtocolBufferException e) {
            log.warn("Skipped a row of {} that cannot be read", row.topic(), e);
        }
    }

    private void show(AlertRow alert, RunTable table) {
        if (alert.getState() == AlertState.ALERT_STATE_OPENED && alerts++ < MOST_ALERTS) {
            table.show(alert);
        }
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
