package io.lossledger.streams.topology;

import io.lossledger.streams.steps.Row;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/** Sends each row to its topic. A record, so that the topology's description shows a stable name. */
record RowTopic(String prefix) implements TopicNameExtractor<String, Row> {
    @Override
    public String extract(String run, Row row, RecordContext context) {
        return row.topic().named(prefix);
    }
}
