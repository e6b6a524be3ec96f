package io.lossledger.streams.progress;

import io.lossledger.streams.letters.LimitedProducer;
import io.lossledger.streams.letters.RecordLimits;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;

/** A producer that reports to a clock when it waits for Kafka, and when a transaction is committed. Thread-safe. */
public final class TimedProducer extends LimitedProducer {
    private final CommitClock clock;
    private final String id;
    private volatile boolean open;

    public TimedProducer(Map<String, Object> config, RecordLimits limits, CommitClock clock) {
        super(config, limits);
        this.clock = clock;
        id = String.valueOf(config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
    }

    @Override
    public void initTransactions() {
        boolean first = clock.waiting(id);
        super.initTransactions();
        if (first) { // otherwise, this is the next attempt to commit what could not be committed before
            clock.idle(id);
        }
    }

    @Override
    public void beginTransaction() {
        super.beginTransaction();
        open = true;
    }

    @Override
    public void flush() {
        if (open) {
            clock.waiting(id);
        }
        super.flush();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        clock.waiting(id);
        super.sendOffsetsToTransaction(offsets, groupMetadata);
    }

    @Override
    public void commitTransaction() {
        clock.waiting(id);
        super.commitTransaction();
        open = false;
        clock.committed(id);
    }

    @Override
    public void abortTransaction() {
        open = false;
        super.abortTransaction();
    }
}
