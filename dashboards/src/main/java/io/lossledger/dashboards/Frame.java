package io.lossledger.dashboards;

import java.nio.charset.StandardCharsets;

/** One server-sent event, shared by all who get it, and what of its source it holds. Immutable. */
final class Frame {
    private final byte[] bytes;
    private final long version;
    private final int merged;
    private final long notes;

    /**
     * @param version of the source's buckets
     * @param merged how often the source's buckets had merged
     * @param notes version of what stands beside the buckets
     */
    Frame(String event, String json, long version, int merged, long notes) {
        bytes = ("event: " + event + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
        this.version = version;
        this.merged = merged;
        this.notes = notes;
    }

    /** An event of a source without buckets. */
    static Frame of(String event, String json, long notes) {
        return new Frame(event, json, 0, 0, notes);
    }

    /** As it goes over the wire; nobody may change it. */
    byte[] bytes() {
        return bytes;
    }

    long version() {
        return version;
    }

    int merged() {
        return merged;
    }

    long notes() {
        return notes;
    }
}
