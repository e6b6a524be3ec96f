package io.lossledger.standalone.commands;

import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.rights.GrantScript;
import io.lossledger.standalone.rights.Role;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger rights}. */
@Command(
        name = "rights",
        description =
                "Prints the commands that grant a user the least rights for a role, in a Kafka with access control.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Without a role, it lists the roles. It only prints, and does not connect to",
            "Kafka. The script calls kafka-acls.sh, which comes with Kafka, and connects as",
            "an administrator with --kafka-config.",
            "",
            "Examples:",
            "  lossledger rights",
            "  lossledger rights train --user alice",
            "  lossledger rights process --user booker --kafka-config admin.properties | sh"
        })
public final class RightsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ROLE", arity = "0..*", description = "Roles, such as process or runs-list.")
    List<String> roles = List.of();

    @Option(names = "--user", paramLabel = "NAME", description = "User that gets the rights.")
    @Nullable
    String user;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            description = "Application id of the processors. Default: that of process with this --topic-prefix")
    @Nullable
    String applicationId;

    @Option(
            names = "--to-prefix",
            paramLabel = "PREFIX",
            description = "Prefix of the topics that replay writes. Required for that role.")
    @Nullable
    String toPrefix;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (roles.isEmpty()) {
            for (Role role : Role.values()) {
                out.printf("%-14s %s%n", role.id(), role.purpose());
            }
            return 0;
        }
        List<Role> wanted = roles.stream().map(RightsCommand::role).toList();
        String name = user;
        if (name == null || name.isBlank() || name.contains("'")) {
            throw new UserException("--user: must be the name of a user of Kafka. Found: " + name);
        }
        if (toPrefix == null && wanted.contains(Role.REPLAY)) {
            throw new UserException("--to-prefix: must be the prefix that replay is given. Found: none");
        }
        String id = applicationId == null ? CommandRights.applicationId(kafka.topicPrefix) : applicationId;
        GrantScript script = new GrantScript(
                kafka.bootstrapServers(),
                kafka.configFile(),
                name,
                new Role.Names(kafka.topicPrefix, id, toPrefix == null ? "" : toPrefix));
        script.lines(wanted).forEach(out::println);
        return 0;
    }

    private static Role role(String id) {
        return Arrays.stream(Role.values())
                .filter(role -> role.id().equals(id))
                .findAny()
                .orElseThrow(() -> new UserException("ROLE: must be one of "
                        + Arrays.stream(Role.values()).map(Role::id).collect(Collectors.joining(", ")) + ". Found: "
                        + id));
    }
}
