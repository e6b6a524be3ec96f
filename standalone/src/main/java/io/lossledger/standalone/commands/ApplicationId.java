package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.streams.topology.RowApplications;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Under which application id a processor books, and whether it may. */
final class ApplicationId {
    private static final Logger log = LoggerFactory.getLogger(ApplicationId.class);

    private ApplicationId() {}

    /**
     * The id that is used where none is given: it follows the prefix, as state and position of one ledger are wrong for another. A
     * ledger of another prefix that was booked under the default id goes on with it.
     */
    static String byDefault(Admin admin, String topicPrefix) throws InterruptedException {
        String id = ProcessorSettings.DEFAULT_APPLICATION_ID;
        String ofPrefix = CommandRights.applicationId(topicPrefix);
        return ofPrefix.equals(id) || hasBooked(admin, id, topicPrefix) ? id : ofPrefix;
    }

    /**
     * Makes sure that no other application has booked the ledger.
     *
     * @throws UserException when one has
     */
    static void requireAlone(Admin admin, Map<String, Object> kafka, String id, String topicPrefix)
            throws InterruptedException, ExecutionException {
        Set<String> others;
        try {
            others = new TreeSet<>(RowApplications.ofNewestRows(kafka, topicPrefix));
        } catch (AuthorizationException e) {
            log.warn("The check whether another application books these runs failed: {}", e.getMessage());
            return;
        }
        others.remove(id);
        if (others.remove(RowApplications.UNNAMED)
                && !hasBooked(admin, id, topicPrefix)
                && hasUpdates(admin, topicPrefix)) {
            others.add("an application that does not write its id");
        }
        if (!others.isEmpty()) {
            throw new UserException("--application-id: must be the id of the processors that booked "
                    + LedgerTopic.STEP.named(topicPrefix)
                    + " before. A different id writes every row twice (--again permits this)."
                    + " Found: " + id + ", and rows of " + String.join(", ", others));
        }
    }

    /** Whether a consumer group has come to somewhere in the update topic. */
    private static boolean hasBooked(Admin admin, String id, String topicPrefix) throws InterruptedException {
        String topic = LedgerTopic.UPDATE.named(topicPrefix);
        try {
            return admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata().get().keySet().stream()
                    .anyMatch(partition -> partition.topic().equals(topic));
        } catch (ExecutionException e) {
            log.debug("The offsets of group {} cannot be read", id, e);
            return false;
        }
    }

    private static boolean hasUpdates(Admin admin, String topicPrefix) throws InterruptedException, ExecutionException {
        String topic = LedgerTopic.UPDATE.named(topicPrefix);
        var partitions = admin.describeTopics(Set.of(topic)).allTopicNames().get().values().stream()
                .flatMap(description -> description.partitions().stream())
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        return sum(admin, partitions, OffsetSpec.latest()) > sum(admin, partitions, OffsetSpec.earliest());
    }

    private static long sum(Admin admin, Iterable<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, which));
        return admin.listOffsets(asked).all().get().values().stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }
}
