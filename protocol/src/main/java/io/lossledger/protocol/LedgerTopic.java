package io.lossledger.protocol;

import com.google.protobuf.Message;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The catalogue of topics: for each its name, key, value and retention. Immutable. */
public enum LedgerTopic {
    UPDATE("update", "run|tensor|chunk", Update.getDefaultInstance(), Retention.RAW),
    TRAJECTORY("trajectory", "run|block", Point.getDefaultInstance(), Retention.RAW),
    RUN("run", "run", RunManifest.getDefaultInstance(), Retention.COMPACTED),
    LAYER("layer", "run", LayerRow.getDefaultInstance(), Retention.FOREVER),
    UNIT("unit", "run", UnitRow.getDefaultInstance(), Retention.RAW),
    STEP("step", "run", StepRow.getDefaultInstance(), Retention.FOREVER),
    WINDOW("window", "run", WindowRow.getDefaultInstance(), Retention.FOREVER),
    MOMENT("moment", "run", MomentRow.getDefaultInstance(), Retention.FOREVER),
    ALERT("alert", "run", AlertRow.getDefaultInstance(), Retention.FOREVER),
    BUCKET("bucket", "run", BucketRow.getDefaultInstance(), Retention.FOREVER),
    PARAMETER("parameter", "run|tensor|chunk", ParameterRow.getDefaultInstance(), Retention.RAW),
    REJECTED("rejected", "as received", null, Retention.RAW);

    /** How long a topic's records are kept. */
    public enum Retention {
        /** Limited in time and size by {@link TopicSettings}; for the bulky topics. */
        RAW,
        /** Until someone deletes the topic, because results are a ledger. */
        FOREVER,
        /** The newest record of each key. */
        COMPACTED
    }

    private final String suffix;
    private final String key;
    private final @Nullable Message value;
    private final Retention retention;

    LedgerTopic(String suffix, String key, @Nullable Message value, Retention retention) {
        this.suffix = suffix;
        this.key = key;
        this.value = value;
        this.retention = retention;
    }

    /**
     * The topic with records of this type.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static LedgerTopic of(Class<? extends Message> type) {
        for (LedgerTopic topic : values()) {
            if (topic.value != null && topic.value.getClass() == type) {
                return topic;
            }
        }
        throw new IllegalArgumentException("type: must be the message of a topic. Found: " + type.getName());
    }

    /** The topic's full name under a prefix such as {@code lossledger.}. */
    public String named(String prefix) {
        return prefix + suffix;
    }

    /** The form of the record key. */
    public String key() {
        return key;
    }

    /** Whether all records of a run have the same key, and so are in one partition. */
    public boolean isKeyedByRun() {
        return key.equals("run");
    }

    /** Whether producers write it, and not the processor. */
    public boolean isFromProducers() {
        return this == UPDATE || this == TRAJECTORY || this == RUN;
    }

    /** An empty message of the value's type; empty for dead letters, whose value is the received bytes. */
    public Optional<Message> value() {
        return Optional.ofNullable(value);
    }

    public Retention retention() {
        return retention;
    }

    /**
     * How values are written: manifests are always JSON, and rows of buckets and parameters, which hold little but numbers,
     * always Protobuf.
     *
     * @param rows the format of all other rows
     */
    public RowFormat format(RowFormat rows) {
        return switch (this) {
            case RUN -> RowFormat.JSON;
            case UPDATE, TRAJECTORY, BUCKET, PARAMETER -> RowFormat.PROTOBUF;
            default -> rows;
        };
    }
}
