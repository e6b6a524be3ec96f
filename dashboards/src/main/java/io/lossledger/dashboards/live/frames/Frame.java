package io.lossledger.dashboards.live.frames;

import java.nio.charset.StandardCharsets;

/** One server-sent event, shared by all its receivers, and the version of its source that it contains. Immutable. */
public final class Frame {
    private final byte[] bytes;
    private final long version;
    private final int merged;
    private final long notes;

    /**
     * @param version of the source's buckets
     * @param merged how often the source's buckets had merged
     * @param notes version of the data outside the buckets
     */
    public Frame(String event, String json, long version, int merged, long notes) {
        bytes = ("event: " + event + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
        this.version = version;
        this.merged = merged;
        this.notes = notes;
    }

    /** An event of a source without buckets. */
    public static Frame of(String event, String json, long notes) {
        return new Frame(event, json, 0, 0, notes);
    }

    /** The bytes on the wire, which must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public long version() {
        return version;
    }

    public int merged() {
        return merged;
    }

    public long notes() {
        return notes;
    }
}
