package io.lossledger.analysis;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.replay.RowSink;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the rows of a replay into tables. Those of buckets are left out: they follow from the steps and layers. */
public record TableSink(TableExport export) implements RowSink {
    /** @throws UncheckedIOException when the row cannot be written */
    @Override
    public void accept(LedgerTopic topic, String key, Message row, long timestampMillis) {
        if (topic == LedgerTopic.BUCKET) {
            return;
        }
        try {
            export.add(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
