package io.lossledger.standalone.rights;

import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.topology.ProcessorSettings;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The rights of a command that was called, with the names that its options give. Stateless. */
public final class CommandRights {
    /** Not a suffix of the default id, so that no prefix can produce the default id. */
    private static final String SUFFIX = "processors";

    private CommandRights() {}

    /** One sentence that names the rights that the user lacks, if the command failed for want of them. */
    public static Optional<String> missing(CommandSpec command, Throwable fault) {
        if (ExceptionUtils.indexOfType(fault, AuthorizationException.class) < 0) {
            return Optional.empty(); // the settings themselves may be at fault
        }
        return kafka(command)
                .flatMap(kafka -> role(command)
                        .flatMap(role -> MissingRights.of(role, names(command, kafka), kafka.clientConfig(), fault)));
    }

    /**
     * Checks the rights on topics that the command cannot do without, so that nothing is done by half.
     *
     * @throws UserException when the user lacks one, naming it
     */
    public static void require(CommandSpec command) {
        KafkaOptions kafka = kafka(command).orElseThrow();
        MissingRights.require(role(command).orElseThrow(), names(command, kafka), kafka.clientConfig());
    }

    /** The application id of processors that are given none. */
    public static String applicationId(String topicPrefix) {
        return topicPrefix.equals(TopicSettings.DEFAULT_PREFIX)
                ? ProcessorSettings.DEFAULT_APPLICATION_ID
                : topicPrefix + SUFFIX;
    }

    private static Optional<Role> role(CommandSpec command) {
        return Role.of(command.qualifiedName().replaceFirst("^lossledger ?", ""));
    }

    private static Optional<KafkaOptions> kafka(CommandSpec command) {
        return command.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(KafkaOptions.class::isInstance)
                .map(KafkaOptions.class::cast)
                .findAny();
    }

    private static Role.Names names(CommandSpec command, KafkaOptions kafka) {
        return new Role.Names(
                kafka.topicPrefix,
                value(command, "--application-id").orElse(applicationId(kafka.topicPrefix)),
                value(command, "--to-prefix").orElse(""));
    }

    private static Optional<String> value(CommandSpec command, String option) {
        OptionSpec spec = command.findOption(option);
        return Optional.ofNullable(spec).map(found -> (String) found.getValue());
    }
}
