package io.lossledger.producer.publish;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicPresence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a producer of updates may do what it has to. Kafka itself says so only when records are lost already. Stateless. */
final class TopicRights {
    private static final Logger log = LoggerFactory.getLogger(TopicRights.class);

    private TopicRights() {}

    /**
     * Asks Kafka.
     *
     * @param records whether a trajectory is recorded
     * @throws IllegalArgumentException when it may not, naming the rights
     * @throws TimeoutException when Kafka does not answer within the patience
     */
    static void require(PublisherSettings settings, boolean records) {
        String update = LedgerTopic.UPDATE.named(settings.topicPrefix());
        String trajectory = LedgerTopic.TRAJECTORY.named(settings.topicPrefix());
        String run = LedgerTopic.RUN.named(settings.topicPrefix());
        Map<String, Object> config = new HashMap<>(settings.kafka());
        int millis = (int) settings.answerPatience().toMillis();
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        TopicPresence topics;
        try (Admin admin = Admin.create(config)) {
            topics = TopicPresence.withRights(admin, records ? List.of(update, trajectory, run) : List.of(update, run));
        } catch (ExecutionException | java.util.concurrent.TimeoutException | KafkaException e) {
            // Otherwise what comes next would wait as long once more.
            if (e.getCause() instanceof TimeoutException) {
                throw (TimeoutException) e.getCause();
            }
            log.debug("The rights of this user are not known", e); // what reads next reports it
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        List<String> lacking = new ArrayList<>();
        add(topics, AclOperation.WRITE, update, lacking);
        if (records) {
            add(topics, AclOperation.WRITE, trajectory, lacking);
        }
        add(topics, AclOperation.WRITE, run, lacking);
        add(topics, AclOperation.READ, run, lacking);
        if (!lacking.isEmpty()) {
            throw new IllegalArgumentException(
                    "rights: a trainer needs " + String.join(", ", lacking) + ". Found: this user has no such right");
        }
    }

    private static void add(TopicPresence topics, AclOperation operation, String topic, List<String> lacking) {
        if (topics.forbids(operation, topic)) {
            lacking.add(operation + " on topic " + topic);
        }
    }
}
