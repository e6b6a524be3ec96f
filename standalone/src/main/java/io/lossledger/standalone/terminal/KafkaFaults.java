package io.lossledger.standalone.terminal;

import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
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
                        "rights: this user needs READ to read a topic, and WRITE to write to it. Found: no such right"
                                + " on topic " + String.join(", ", new TreeSet<>(refused.unauthorizedTopics())));
            }
            if (cause instanceof AuthorizationException) {
                return Optional.of(
                        "rights: this user must be allowed to do what the command does. Found: " + cause.getMessage());
            }
            if (cause instanceof SslAuthenticationException) {
                return Optional.of(ofTls(fault));
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

    private static String ofTls(Throwable fault) {
        String root = ExceptionUtils.getRootCause(fault).getMessage();
        String said = String.join(
                " ",
                ExceptionUtils.getThrowableList(fault).stream()
                        .map(cause -> String.valueOf(cause.getMessage()))
                        .toList());
        String rule = "security.protocol in --kafka-config: must be that of the listener";
        if (said.contains("PKIX") || said.contains("unable to find valid certification path")) {
            rule =
                    "ssl.truststore.location in --kafka-config: must hold the certificate of the broker, or of its authority";
        } else if (said.contains("No subject alternative") || said.contains("No name matching")) {
            rule = "--bootstrap-server: must be a name that is in the certificate of the broker";
        } else if (said.contains("certificate")) {
            rule = "ssl.keystore.location in --kafka-config: must hold a certificate that the broker accepts";
        }
        return rule + ". Found: " + root;
    }

    /** One sentence about settings with which Kafka's clients cannot be created. */
    public static String ofSettings(Throwable fault) {
        return "--kafka-config: must hold settings with which Kafka's clients can start. Found: "
                + ExceptionUtils.getThrowableList(fault).stream()
                        .skip(fault.getCause() == null ? 0 : 1) // the first says only that there is no client
                        .map(cause -> String.valueOf(cause.getMessage()))
                        .distinct()
                        .collect(Collectors.joining(": "));
    }

    /** One sentence that says why Kafka did not create a topic. */
    public static String ofNewTopic(Throwable cause, String prefix) {
        String found = ". Found: " + cause.getMessage();
        if (cause instanceof AuthorizationException) {
            return "rights: this user needs CREATE on topic " + prefix
                    + "*, because topics are missing (or let somebody with"
                    + " that right run lossledger topics --create). Found: this user has no such right";
        }
        if (cause instanceof InvalidReplicationFactorException) {
            return "--replication-factor: must be at most the number of brokers" + found;
        }
        if (cause instanceof InvalidConfigurationException || cause instanceof PolicyViolationException) {
            return "topics: their settings must be allowed by this Kafka (--max-result-mib, --max-update-mib, --segment-mib,"
                    + " --raw-retention-mib and --raw-retention-hours change them)" + found;
        }
        return "Kafka did not create the topics: " + cause;
    }

    /** A name that cannot be resolved is not a wrong setting, but the address of an unreachable Kafka. */
    private static boolean isAddress(Throwable fault) {
        return String.valueOf(fault.getMessage()).contains("bootstrap");
    }
}
