package io.lossledger.standalone.rights;

import java.util.Locale;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One operation on one resource of Kafka, or on all whose names begin alike. Immutable.
 *
 * @param operation such as {@code READ}, which includes {@code DESCRIBE}
 * @param type a topic, consumer group or transactional id
 * @param name its name, or the beginning of the names
 * @param prefixed whether it is only the beginning
 * @param purpose what the right is for, if the command works without it; empty otherwise
 */
public record Right(AclOperation operation, ResourceType type, String name, boolean prefixed, String purpose) {
    static Right topic(AclOperation operation, String name) {
        return new Right(operation, ResourceType.TOPIC, name, false, "");
    }

    static Right topics(AclOperation operation, String prefix) {
        return new Right(operation, ResourceType.TOPIC, prefix, true, "");
    }

    static Right group(String name) {
        return new Right(AclOperation.READ, ResourceType.GROUP, name, false, "");
    }

    static Right groups(String prefix) {
        return new Right(AclOperation.READ, ResourceType.GROUP, prefix, true, "");
    }

    static Right transactionalIds(String prefix) {
        return new Right(AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, prefix, true, "");
    }

    /** The same, but only for something that the user may do without. */
    Right onlyFor(String some) {
        return new Right(operation, type, name, prefixed, some);
    }

    /** Whether the command works without it. */
    public boolean isOptional() {
        return !purpose.isEmpty();
    }

    /** Whether it is about a resource. */
    boolean isAbout(ResourceType other, String resource) {
        return type == other && (prefixed ? resource.startsWith(name) : resource.equals(name));
    }

    /** Such as {@code WRITE on topic lossledger.update}. */
    @Override
    public String toString() {
        return operation + " on " + type.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name
                + (prefixed ? "*" : "");
    }

    /** The same operation on another resource of the type. */
    Right withName(String other) {
        return new Right(operation, type, other, prefixed, purpose);
    }

    /** The option of Kafka's {@code kafka-acls.sh} that names the resource. */
    String option() {
        String option = switch (type) {
            case GROUP -> "--group";
            case TRANSACTIONAL_ID -> "--transactional-id";
            default -> "--topic";
        };
        return " " + option + " '" + name + "'";
    }
}
