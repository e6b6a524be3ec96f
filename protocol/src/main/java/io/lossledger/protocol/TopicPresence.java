package io.lossledger.protocol;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Which topics exist. They are asked for by name, because a list of all topics leaves out those that this user may not see.
 * Immutable.
 *
 * @param existing descriptions of the topics that exist, by name
 * @param missing names of the topics that do not exist
 * @param refused names of the topics that this user may not see, whether or not they exist
 */
public record TopicPresence(Map<String, TopicDescription> existing, Set<String> missing, Set<String> refused) {
    private static final int TIMEOUT_SECONDS = 60;

    public TopicPresence {
        existing = Map.copyOf(existing);
        missing = Set.copyOf(missing);
        refused = Set.copyOf(refused);
    }

    /**
     * Asks for topics.
     *
     * @throws ExecutionException when the cluster refuses the request; its cause says why
     * @throws TimeoutException when the cluster does not answer within a minute
     */
    public static TopicPresence of(Admin admin, Collection<String> names)
            throws ExecutionException, TimeoutException, InterruptedException {
        return of(admin, names, new DescribeTopicsOptions());
    }

    /**
     * Whether this user may not do something to a topic. False if the topic does not exist, it was asked for without rights, or the
     * brokers do not tell them.
     */
    public boolean forbids(AclOperation operation, String topic) {
        @Nullable TopicDescription description = existing.get(topic);
        @Nullable Set<AclOperation> allowed = description == null ? null : description.authorizedOperations();
        return refused.contains(topic) || (allowed != null && !allowed.isEmpty() && !allowed.contains(operation));
    }

    /** The same, with what this user may do to each topic in its description. */
    public static TopicPresence withRights(Admin admin, Collection<String> names)
            throws ExecutionException, TimeoutException, InterruptedException {
        return of(admin, names, new DescribeTopicsOptions().includeAuthorizedOperations(true));
    }

    private static TopicPresence of(Admin admin, Collection<String> names, DescribeTopicsOptions options)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, TopicDescription> existing = new HashMap<>();
        Set<String> missing = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(names, options).topicNameValues();
        for (String name : names) {
            try {
                existing.put(name, Objects.requireNonNull(answers.get(name)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                    missing.add(name);
                } else if (e.getCause() instanceof TopicAuthorizationException) {
                    refused.add(name);
                } else {
                    throw e;
                }
            }
        }
        return new TopicPresence(existing, missing, refused);
    }
}
