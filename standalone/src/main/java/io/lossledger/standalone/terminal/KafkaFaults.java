package io.lossledger.standalone.terminal;

import java.util.Optional;
import java.util.TreeSet;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Failures that Kafka's clients report and that only the user can fix. */
public final class KafkaFaults {
    private KafkaFaults() {}

    /** One sentence that says what is wrong, if the failure is due to a wrong setting or a missing right. */
    public static Optional<String> ofUser(Throwable fault) {
        if (fault instanceof UserException) {
            return Optional.empty(); // says it better
        }
        for (Throwable cause : ExceptionUtils.getThrowableList(fault)) {
            if (cause instanceof TopicAuthorizationException refused) {
                return Optional.of(
                        "topics: this client must have the READ right to read them, and the WRITE right to write to them."
                                + " Found: no such right on "
                                + String.join(", ", new TreeSet<>(refused.unauthorizedTopics())));
            }
            if (cause instanceof AuthorizationException) {
                return Optional.of(
                        "rights: this user must be allowed to do what the command does. Found: " + cause.getMessage());
            }
            if (cause instanceof AuthenticationException) {
                return Optional.of("--kafka-config: must hold the credentials of a user that Kafka knows. Found: "
                        + cause.getMessage());
            }
            if (cause instanceof ConfigException && !isAddress(cause)) {
                return Optional.of(
                        "--kafka-config: must hold settings that Kafka's clients know. Found: " + cause.getMessage());
            }
        }
        return Optional.empty();
    }

    /** A name that cannot be resolved is not a wrong setting, but the address of an unreachable Kafka. */
    private static boolean isAddress(Throwable fault) {
        return String.valueOf(fault.getMessage()).contains("bootstrap");
    }
}
