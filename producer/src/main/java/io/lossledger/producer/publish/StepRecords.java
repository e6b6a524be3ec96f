package io.lossledger.producer.publish;

import org.apache.kafka.clients.producer.ProducerRecord;

/** The records of one step, or one point, which are sent together. They are built one at a time, because they are large. */
public interface StepRecords {
    /** The number of records, at least 1. */
    int count();

    /** About the number of bytes of all records. */
    long bytes();

    /** The record with this index, 0-based. */
    ProducerRecord<String, byte[]> record(int index);
}
