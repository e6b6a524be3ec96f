package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.history.ImageLayer;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.VectorRow;
import io.lossledger.dashboards.live.topics.PastRows;
import io.lossledger.dashboards.live.topics.TopicReader;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the rows for the pictures of a layer are read from: only the partitions that hold chunks of its weights. The manifest does not
 * number the chunks; the first whole step does, as they keep their keys. All partitions are read if there is no such step yet, or if a
 * chunk is not where its key belongs, because partitions were added. Stateless.
 */
final class PictureStart implements TopicReader.Start {
    private static final Logger log = LoggerFactory.getLogger(PictureStart.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final LayerKey key;
    private final ImageLayer image;
    private final Instant started;

    /** @param started when the run began, or before */
    PictureStart(LayerKey key, ImageLayer image, Instant started) {
        this.key = key;
        this.image = image;
        this.started = started;
    }

    /** The chunks that have been seen: their partitions by their keys, and the lengths of those of each step by their keys. */
    private record Chunks(Map<String, TopicPartition> places, Map<Long, Map<String, Integer>> lengths) {}

    @Override
    public Map<TopicPartition, Long> offsets(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> all = CommittedReads.offsetsAt(consumer, started.toEpochMilli(), ends, TIMEOUT);
        Chunks chunks = new Chunks(new HashMap<>(), new HashMap<>());
        if (PastRows.readUnordered(consumer, all, ends, row -> !completesAStep(row, chunks))) {
            return chunks.places.isEmpty() ? ends : all;
        }
        boolean moved = chunks.places.entrySet().stream()
                .anyMatch(chunk -> RunId.partitionOf(chunk.getKey(), ends.size())
                        != chunk.getValue().partition());
        Map<TopicPartition, Long> offsets = new HashMap<>(all);
        if (!moved) {
            offsets.keySet().retainAll(chunks.places.values());
        }
        return offsets;
    }

    private boolean completesAStep(ConsumerRecord<String, byte[]> row, Chunks chunks) {
        if (row.key() == null || row.value() == null || !row.key().startsWith(PictureFeed.keys(key, image))) {
            return false;
        }
        chunks.places.put(row.key(), new TopicPartition(row.topic(), row.partition()));
        try {
            Optional<VectorRow> weights = VectorRow.ofParameters(row.value(), key);
            return weights.isPresent()
                    && covered(row.key(), weights.get(), chunks) >= (long) image.units() * image.inputs();
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("Skipped a row of parameters that cannot be parsed", e);
            return false;
        }
    }

    /** How many weights the chunks of the row's step cover; a chunk that comes twice counts once. */
    private static long covered(String chunk, VectorRow row, Chunks chunks) {
        Map<String, Integer> step = chunks.lengths.computeIfAbsent(row.step(), number -> new HashMap<>());
        step.put(chunk, row.lca().length);
        return step.values().stream().mapToLong(Integer::longValue).sum();
    }
}
