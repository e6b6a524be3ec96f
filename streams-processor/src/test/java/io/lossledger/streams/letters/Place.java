package io.lossledger.streams.letters;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;

/** A record of the repartition topic. */
record Place(Headers headers) implements ErrorHandlerContext {
    @Override
    public String topic() {
        return "app-chunks-by-run-repartition";
    }

    @Override
    public int partition() {
        return 0;
    }

    @Override
    public long offset() {
        return 9;
    }

    @Override
    public String processorNodeId() {
        return "write-rows";
    }

    @Override
    public TaskId taskId() {
        return new TaskId(1, 0);
    }

    @Override
    public long timestamp() {
        return 1_000;
    }

    @Override
    public byte @Nullable [] sourceRawKey() {
        return null;
    }

    @Override
    public byte @Nullable [] sourceRawValue() {
        return null;
    }
}
