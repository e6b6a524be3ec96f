package io.lossledger.streams.topology;

import io.lossledger.protocol.RowFormat;
import io.lossledger.streams.steps.Row;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Writes rows; the application never reads them back. */
final class RowSerde implements Serde<Row> {
    private final RowFormat format;

    RowSerde(RowFormat format) {
        this.format = format;
    }

    @Override
    public Serializer<Row> serializer() {
        return (topic, row) -> row.topic().format(format).serialize(row.value());
    }

    @Override
    public Deserializer<Row> deserializer() {
        throw new UnsupportedOperationException("Rows are only written");
    }
}
