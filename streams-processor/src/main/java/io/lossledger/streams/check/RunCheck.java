package io.lossledger.streams.check;

import io.lossledger.protocol.RunId;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.v1.ChunkPartial;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the records of one run, in the order of each key, against the contract: first each record, then the records of a
 * chunk, then those of a step, and in the end all with the manifest. Keeps what is open, not what has been. Not thread-safe.
 */
public final class RunCheck {
    private final Findings findings = new Findings();
    private final UpdateAllocator allocator = new UpdateAllocator(Optional.empty());
    private final ChunkHistories chunks = new ChunkHistories(findings);
    private final OpenSteps steps;
    private @Nullable Update first;
    private long records;

    /** @param tolerance share of what moved up to which the books balance */
    public RunCheck(double tolerance) {
        steps = new OpenSteps(findings, tolerance);
    }

    /** Checks the next record. */
    public void enter(SentRecord record) {
        records++;
        Update update;
        ChunkPartial partial;
        try {
            update = UpdateParser.parse(record.key(), record.value());
            if (update.hasRequest()) {
                return; // not of the producer
            }
            partial = allocator.allocate(update, 0);
        } catch (InvalidUpdateException e) {
            findings.add(record.place(), String.valueOf(e.getMessage()));
            return;
        }
        if (first == null) {
            first = update;
        }
        requireSame(record, first, update);
        if (update.hasLost()) {
            steps.settle(update);
            return;
        }
        if (update.hasTensorChunk()) {
            ChunkFigures.check(update.getTensorChunk(), message -> findings.add(record.place(), message));
        }
        if (chunks.enter(record, update) && update.hasTensorChunk()) {
            steps.enter(record, update, partial);
        }
    }

    /**
     * Checks where a manifest of the run is. The record that deletes a run must be in the same partition, or both remain.
     *
     * @param partitions of the topic of manifests
     */
    public void enterManifest(String run, int partition, int partitions) {
        int expected = RunId.partitionOf(run, partitions);
        if (partition != expected) {
            findings.add(
                    "the manifest",
                    "manifest: must be in the partition that murmur2 gives, as with Java's clients (librdkafka:"
                            + " partitioner=murmur2_random), " + expected + " of " + partitions + ". Found: "
                            + partition);
        }
    }

    /** The rules that were broken; to be called once, after the last record. */
    public List<Finding> end(Optional<RunManifest> manifest) {
        Update any = first;
        if (any == null) {
            findings.add("the run", "update: a run must have records. Found: none that can be booked");
        } else {
            chunks.end(any.getChunksInStep());
            steps.end(any, chunks);
            ManifestCheck.check(manifest, any, chunks, steps, findings);
        }
        return findings.list();
    }

    /** The number of records so far. */
    public long records() {
        return records;
    }

    /** The number of complete steps so far. */
    public long steps() {
        return steps.complete();
    }

    private void requireSame(SentRecord record, Update expected, Update update) {
        same(record, "session", expected.getSession(), update.getSession());
        same(record, "first_step", expected.getFirstStep(), update.getFirstStep());
        same(record, "chunks_in_step", expected.getChunksInStep(), update.getChunksInStep());
        same(record, "any_order", expected.getAnyOrder() ? 1 : 0, update.getAnyOrder() ? 1 : 0);
    }

    private void same(SentRecord record, String field, long expected, long found) {
        if (expected != found) {
            findings.add(
                    record.place(),
                    "update." + field + ": must be the same in all records of a run, " + Long.toUnsignedString(expected)
                            + ". Found: " + Long.toUnsignedString(found));
        }
    }
}
