package io.lossledger.standalone.rights;

import io.lossledger.protocol.TopicPresence;
import io.lossledger.standalone.terminal.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of a role's rights a user lacks. Kafka's refusals name the resource but not the operation, so Kafka is asked what the
 * user may do. Stateless.
 */
final class MissingRights {
    private static final Logger log = LoggerFactory.getLogger(MissingRights.class);
    private static final int ANSWER_MILLIS = 10_000;

    private MissingRights() {}

    /**
     * One sentence that names the missing rights, if a failure is due to them.
     *
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     */
    static Optional<String> of(Role role, Role.Names names, Map<String, Object> kafka, Throwable fault) {
        List<Right> rights = role.rights(names);
        for (Throwable cause : ExceptionUtils.getThrowableList(fault)) {
            List<Right> missing = List.of();
            if (cause instanceof TopicAuthorizationException refused) {
                missing = refused.unauthorizedTopics().isEmpty() // of topics that were to be created
                        ? rights.stream()
                                .filter(right -> right.operation() == AclOperation.CREATE)
                                .toList()
                        : ofTopics(rights, new TreeSet<>(refused.unauthorizedTopics()), kafka);
            } else if (cause instanceof GroupAuthorizationException) {
                missing = ofType(rights, ResourceType.GROUP);
            } else if (cause instanceof TransactionalIdAuthorizationException) {
                missing = ofType(rights, ResourceType.TRANSACTIONAL_ID);
            }
            if (!missing.isEmpty()) {
                return Optional.of(text(role, missing));
            }
        }
        return Optional.empty();
    }

    /**
     * Checks the rights on topics that a role cannot do without, so that nothing is done by half.
     *
     * @throws UserException when the user lacks one, naming it
     */
    static void require(Role role, Role.Names names, Map<String, Object> kafka) {
        List<Right> required = role.rights(names).stream()
                .filter(right -> right.type() == ResourceType.TOPIC && !right.prefixed() && !right.isOptional())
                .toList();
        Set<String> topics = required.stream().map(Right::name).collect(Collectors.toCollection(TreeSet::new));
        List<Right> missing = ofTopics(required, topics, kafka);
        if (!missing.isEmpty()) {
            throw new UserException(text(role, missing));
        }
    }

    private static String text(Role role, List<Right> missing) {
        return "rights: lossledger " + role.label() + " needs "
                + missing.stream().map(Right::toString).collect(Collectors.joining(", "))
                + ". Found: this user has no such right (lossledger rights prints the commands that grant it)";
    }

    private static List<Right> ofType(List<Right> rights, ResourceType type) {
        return rights.stream().filter(right -> right.type() == type).toList();
    }

    /** The rights that matter most: optional ones only if no other is missing. */
    private static List<Right> ofTopics(List<Right> rights, Set<String> topics, Map<String, Object> kafka) {
        TopicPresence presence = presence(topics, kafka);
        List<Right> missing = rights.stream()
                .filter(right -> topics.stream()
                        .anyMatch(topic ->
                                right.isAbout(ResourceType.TOPIC, topic) && presence.forbids(right.operation(), topic)))
                .toList();
        List<Right> required =
                missing.stream().filter(right -> !right.isOptional()).toList();
        return required.isEmpty() ? missing : required;
    }

    /** Empty when Kafka does not answer, so that no right seems to be missing. */
    private static TopicPresence presence(Set<String> topics, Map<String, Object> kafka) {
        Map<String, Object> patient = new HashMap<>(kafka);
        patient.put("default.api.timeout.ms", ANSWER_MILLIS);
        patient.put("request.timeout.ms", ANSWER_MILLIS / 2);
        try (Admin admin = Admin.create(patient)) {
            return TopicPresence.withRights(admin, topics);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.debug("What this user may do is not known", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new TopicPresence(Map.of(), Set.of(), Set.of());
    }
}
