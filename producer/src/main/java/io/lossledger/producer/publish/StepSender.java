package io.lossledger.producer.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Hands over the records of a step together, or none of them when Kafka is away. When Kafka becomes unreachable within a step, the
 * rest is sent before the next one. Used by one thread.
 */
final class StepSender implements AutoCloseable {
    /** What has become of a step's records. */
    enum Outcome {
        TAKEN,
        /** Some are kept until Kafka is back. */
        KEPT,
        /** Kafka refuses one of them for good; it is counted as lost. */
        REFUSED,
        /** None was handed over. */
        AWAY
    }

    private final RecordSender sender;
    private final KafkaAvailability kafka;
    private final List<ProducerRecord<String, byte[]>> kept = new ArrayList<>();

    StepSender(RecordSender sender, KafkaAvailability kafka) {
        this.sender = sender;
        this.kafka = kafka;
    }

    /** Waits for room, as long as Kafka makes progress. */
    Outcome send(StepRecords step) {
        if (!sender.awaitRoom(step.bytes()) || !kafka.isThere() || !sendKept()) {
            return Outcome.AWAY;
        }
        boolean taken = true;
        int index = 0;
        while (taken && index < step.count()) {
            taken = send(step.record(index++));
        }
        if (index == 1 && !kept.isEmpty()) { // Kafka has become unreachable since the check
            kept.clear();
            return Outcome.AWAY;
        }
        for (; !kept.isEmpty() && index < step.count(); index++) {
            kept.add(step.record(index));
        }
        return taken ? Outcome.TAKEN : kept.isEmpty() ? Outcome.REFUSED : Outcome.KEPT;
    }

    /** Hands over a small record, or keeps it until Kafka is back. */
    void sendOrKeep(ProducerRecord<String, byte[]> record) {
        if (!kept.isEmpty() || !kafka.isThere()) {
            kept.add(record);
        } else {
            send(record);
        }
    }

    /** The records that are kept, in order; they are no longer this sender's. */
    List<ProducerRecord<String, byte[]>> takeKept() {
        List<ProducerRecord<String, byte[]>> left = new ArrayList<>(kept);
        kept.clear();
        return left;
    }

    @Override
    public void close() {
        kafka.close();
    }

    /**
     * False when Kafka refused the record: for good, which is counted, or because Kafka is unreachable; the record is
     * then kept.
     */
    private boolean send(ProducerRecord<String, byte[]> record) {
        Optional<Exception> refusal = sender.offer(record);
        if (refusal.filter(TimeoutException.class::isInstance).isPresent()) {
            kept.add(record);
        } else {
            refusal.ifPresent(sender::failed);
        }
        return refusal.isEmpty();
    }

    /** Sends what is kept; false when Kafka is unreachable again. */
    private boolean sendKept() {
        List<ProducerRecord<String, byte[]>> left = takeKept();
        for (int i = 0; i < left.size(); i++) {
            send(left.get(i));
            if (!kept.isEmpty()) {
                kept.addAll(left.subList(i + 1, left.size()));
                return false;
            }
        }
        return true;
    }
}
