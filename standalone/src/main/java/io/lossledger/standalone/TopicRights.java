package io.lossledger.standalone;

import java.util.TreeSet;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Says in one line which topics a command is kept from. Stateless. */
final class TopicRights {
    private TopicRights() {}

    /** What a command failed of, in words that name topic and right if that was it. */
    static Exception explained(Exception fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof TopicAuthorizationException refused) {
                return explained(refused, fault);
            }
        }
        return fault;
    }

    private static UserException explained(TopicAuthorizationException refused, Exception fault) {
        return new UserException(
                "topics: this client must have the right READ to read them, and WRITE to write to them. Found: no right to "
                        + String.join(", ", new TreeSet<>(refused.unauthorizedTopics())),
                fault);
    }
}
