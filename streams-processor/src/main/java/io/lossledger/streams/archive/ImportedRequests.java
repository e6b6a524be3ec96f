package io.lossledger.streams.archive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.raw.ProcessorRequests;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The requests to end or delete a run in a file. A request has one record for each partition of the topic it came from;
 * the target topic may have more or fewer partitions. Not thread-safe.
 */
final class ImportedRequests {
    private final ByteString key;
    private final Map<RunAction, Seen> seen = new EnumMap<>(RunAction.class);

    private static final class Seen {
        long session;
        long timestampMillis;
        int records;
        int partitions;
    }

    ImportedRequests(String run) {
        key = ByteString.copyFromUtf8(run);
    }

    /** Collects a record if it belongs to a request. */
    boolean take(Record record) {
        if (!record.getKey().equals(key)) {
            return false;
        }
        Update update;
        try {
            update = Update.parseFrom(record.getValue());
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
        RunAction action = update.getRequest().getAction();
        if (!update.hasRequest() || action == RunAction.UNRECOGNIZED) {
            return false;
        }
        Seen request = seen.computeIfAbsent(action, unused -> new Seen());
        request.session = update.getSession();
        request.timestampMillis = Math.max(request.timestampMillis, record.getTimestampMillis());
        request.records++;
        request.partitions = Math.max(request.partitions, update.getRequest().getPartitions());
        return true;
    }

    /**
     * The same requests for another topic, after all other records of the run. Omits requests whose records are not all
     * in the file.
     */
    List<ProducerRecord<byte[], byte[]>> records(String topic, int partitions) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        seen.forEach((action, request) -> {
            for (int partition = 0; request.records >= request.partitions && partition < partitions; partition++) {
                records.add(new ProducerRecord<>(
                        topic,
                        partition,
                        request.timestampMillis,
                        key.toByteArray(),
                        ProcessorRequests.request(key.toStringUtf8(), request.session, action, partition, partitions)
                                .toByteArray()));
            }
        });
        return records;
    }
}
