package io.lossledger.producer.publish;

import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.ListenerProtocol;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.WindowRow;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a run may be opened in a Kafka. Stateless. */
final class NewRun {
    private static final Logger log = LoggerFactory.getLogger(NewRun.class);

    private NewRun() {}

    /**
     * Checks the run id, the rights of this user, that the topics exist, and that the run does not.
     *
     * @throws IllegalArgumentException when one of them is wrong, or Kafka expects TLS and the client does not use it
     * @throws KafkaException when Kafka does not answer within the patience; the message names its address
     */
    static void require(PublisherSettings settings, RunManifest manifest) {
        String run = manifest.getRun();
        RunId.require(run);
        ListenerProtocol.require(settings.kafka());
        RunManifest known = runs(settings, manifest.hasTrajectory()).get(run);
        if (known != null) {
            throw new IllegalArgumentException("run: must be new in this Kafka. Found: " + run
                    + (RunManifests.isDeleted(known) ? " was deleted, and its id is not used again" : " exists"));
        }
        if (hasRows(settings, run)) {
            throw new IllegalArgumentException("run: must be new in this Kafka. Found: " + run + " has rows in "
                    + LedgerTopic.WINDOW.named(settings.topicPrefix()) + ", though no manifest");
        }
    }

    /** @param records whether a trajectory is recorded */
    private static Map<String, RunManifest> runs(PublisherSettings settings, boolean records) {
        String prefix = settings.topicPrefix();
        try {
            TopicRights.require(settings, records);
            Map<String, RunManifest> runs = RunManifests.read(
                    settings.kafka(), prefix, LedgerTopic.UPDATE.named(prefix), settings.answerPatience());
            if (records) {
                RunManifests.requireTopic(settings.kafka(), LedgerTopic.TRAJECTORY.named(prefix));
            }
            return runs;
        } catch (TimeoutException e) {
            ListenerProtocol.mismatch(settings.kafka()).ifPresent(message -> {
                throw new IllegalArgumentException(message, e);
            });
            throw new TimeoutException(
                    "bootstrap.servers: must be a Kafka that answers within "
                            + settings.answerPatience().toSeconds() + " s. Found: "
                            + settings.kafka().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG) + " ("
                            + ExceptionUtils.getRootCause(e).getMessage() + ")",
                    e);
        }
    }

    /** Also false if nothing has been processed, or this user may not read the topic. */
    private static boolean hasRows(PublisherSettings settings, String run) {
        AtomicBoolean found = new AtomicBoolean();
        try (LedgerReader ledger = LedgerReader.connect(settings.kafka(), settings.topicPrefix())) {
            ledger.read(
                    WindowRow.class, run, row -> found.set(true)); // few rows, whereas those of steps may be millions
        } catch (IllegalArgumentException | AuthorizationException | TimeoutException e) {
            log.debug("Run {}: whether it has rows is not known", run, e);
        }
        return found.get();
    }
}
