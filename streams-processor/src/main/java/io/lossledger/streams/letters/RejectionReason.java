package io.lossledger.streams.letters;

import java.util.Locale;

/**
 * Why a record is in the dead-letter topic, for counting; the letter itself holds the whole reason. What happens to a record that
 * cannot be booked or written:
 *
 * <table>
 * <caption>The policy, and the class that applies it</caption>
 * <tr><th>what went wrong</th><th>what happens</th><th>applied by</th></tr>
 * <tr><td>an update breaks the contract</td><td>dead letter {@link #INVALID_UPDATE}</td><td>{@link DeadLetterHandler}</td></tr>
 * <tr><td>chunks do not make a step</td><td>dead letter {@link #UNBOOKABLE_STEP}</td><td>{@link DeadLetterHandler}</td></tr>
 * <tr><td>an internal record cannot be read</td><td>dead letter {@link #UNREADABLE_CHUNK}; the step is missing</td>
 *     <td>{@link UnreadableChunkHandler}</td></tr>
 * <tr><td>a row is larger than its topic's known limit</td><td>dead letter {@link #ROW_TOO_LARGE}</td>
 *     <td>{@link LimitedProducer} refuses it, {@link RefusedRecordHandler} writes the letter</td></tr>
 * <tr><td>a broker refuses a row whose limit was not known</td><td>the limit is remembered, and the thread restarts from the last
 *     commit; then as above</td><td>{@link RecordLimits}, {@link RecoverableFailures}</td></tr>
 * <tr><td>a dead letter is too large</td><td>its value is cut, again and again if necessary; lost only when even none fits</td>
 *     <td>{@link RefusedRecordHandler}</td></tr>
 * <tr><td>a changelog record is refused</td><td>the processor stops: its stores would differ from the changelog</td>
 *     <td>{@link RefusedRecordHandler}</td></tr>
 * <tr><td>Kafka is unavailable, or another instance took over</td><td>waits, or restarts from the last commit</td>
 *     <td>{@link RefusedRecordHandler}, {@link RecoverableFailures}</td></tr>
 * <tr><td>anything else</td><td>the processor stops</td><td>{@link DeadLetterHandler}</td></tr>
 * </table>
 */
public enum RejectionReason {
    /** An update that breaks the contract. */
    INVALID_UPDATE,
    /** Chunks that do not make a step which can be booked. */
    UNBOOKABLE_STEP,
    /** A record of the repartition topic that cannot be read. */
    UNREADABLE_CHUNK,
    /** A row that is larger than its topic takes. */
    ROW_TOO_LARGE;

    /** As in metrics, such as {@code invalid-update}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
