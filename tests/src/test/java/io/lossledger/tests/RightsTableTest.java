package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.standalone.commands.RightsCommand;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.rights.CommandRights;
import io.lossledger.standalone.rights.Right;
import io.lossledger.standalone.rights.Role;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Keeps the table in {@code docs/secured-kafka.md} equal to the rights of the roles, and the roles complete. */
class RightsTableTest {
    private static final Path PAGE = Documents.ROOT.resolve("docs/secured-kafka.md");
    private static final GeneratedTables GENERATED = new GeneratedTables(PAGE, "RightsTableTest");

    private static final String PREFIX = "lossledger.";

    /** They bring a Kafka of their own, or are for one in which everything is allowed, or do not connect. */
    private static final List<String> WITHOUT_ROLE = List.of("demo", "broker", "bench", "rights");

    @BeforeAll
    static void rewritesTheTableWhenAsked() throws IOException {
        GENERATED.rewriteWhenAsked(table());
    }

    @Test
    void thePageShowsTheRightsAsTheyAre() throws IOException {
        GENERATED.assertShows(table());
    }

    @Test
    void everyCommandThatUsesKafkaHasARole() {
        List<String> without = CommandTree.all().stream()
                .filter(RightsTableTest::usesKafka)
                .map(CommandTree::name)
                .filter(name -> WITHOUT_ROLE.stream().noneMatch(name::startsWith))
                .filter(name -> Role.of(name).isEmpty())
                .toList();
        assertThat(without).isEmpty();
        assertThat(CommandTree.all().stream().filter(RightsTableTest::usesKafka))
                .hasSizeGreaterThan(10);
    }

    /** As the page says: with the file alone. */
    @Test
    void theCommandsThatGrantRightsGoToTheKafkaOfTheFile(@TempDir Path directory) throws IOException {
        Path config = directory.resolve("admin.properties");
        Files.writeString(config, "bootstrap.servers=kafka-1:9093,kafka-2:9093\n");
        StringWriter out = new StringWriter();
        CommandLine rights = new CommandLine(new RightsCommand()).setOut(new PrintWriter(out));

        assertThat(rights.execute("process", "--user", "booker", "--kafka-config", config.toString()))
                .isZero();
        assertThat(out.toString())
                .contains("--bootstrap-server 'kafka-1:9093,kafka-2:9093' --command-config '" + config + "'");
    }

    /** Kafka's {@code kafka-acls.sh} reads the names in this way, and calls those that it does not know UNKNOWN. */
    @Test
    void theCommandsThatGrantRightsNameOperationsAsKafkaReadsThem() {
        for (Role role : Role.values()) {
            StringWriter out = new StringWriter();
            new CommandLine(new RightsCommand())
                    .setOut(new PrintWriter(out))
                    .execute(role.id(), "--user", "alice", "--to-prefix", "to.");
            Set<AclOperation> named = Pattern.compile("--operation (\\S+)")
                    .matcher(out.toString())
                    .results()
                    .map(found -> SecurityUtils.operation(found.group(1)))
                    .collect(Collectors.toSet());
            assertThat(named)
                    .isEqualTo(role.rights(new Role.Names(PREFIX, "a", "to.")).stream()
                            .map(Right::operation)
                            .collect(Collectors.toSet()));
        }
    }

    private static boolean usesKafka(CommandLine command) {
        return command.getCommandSpec().mixins().values().stream()
                .anyMatch(mixin -> mixin.userObject() instanceof KafkaOptions);
    }

    private static String table() {
        Role.Names names = new Role.Names(PREFIX, CommandRights.applicationId(PREFIX), "TO_PREFIX");
        List<String> lines = new ArrayList<>(List.of("", "| role | needs | and for |", "|---|---|---|"));
        for (Role role : Role.values()) {
            List<Right> rights = role.rights(names);
            lines.add("| `" + role.id() + "` | "
                    + rights(
                            rights.stream().filter(right -> !right.isOptional()).toList()) + " | "
                    + optional(rights.stream().filter(Right::isOptional).toList()) + " |");
        }
        lines.add("");
        return String.join("\n", lines) + "\n";
    }

    /** Such as {@code WRITE `update`, `run`; READ `run`}; the common prefix of the topics is left out. */
    private static String rights(List<Right> rights) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Right right : rights) {
            String what = right.operation()
                    + (right.type() == ResourceType.TOPIC
                            ? ""
                            : " " + right.type().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            names.computeIfAbsent(what, like -> new ArrayList<>())
                    .add("`"
                            + (right.prefixed()
                                    ? right.name() + "*"
                                    : right.name().replace(PREFIX, "")) + "`");
        }
        return names.entrySet().stream()
                .map(entry -> entry.getKey() + " " + String.join(", ", entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String optional(List<Right> rights) {
        Map<String, List<Right>> byPurpose = new LinkedHashMap<>();
        rights.forEach(right -> byPurpose
                .computeIfAbsent(right.purpose(), purpose -> new ArrayList<>())
                .add(right));
        return byPurpose.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + rights(entry.getValue()))
                .collect(Collectors.joining("<br>"));
    }
}
