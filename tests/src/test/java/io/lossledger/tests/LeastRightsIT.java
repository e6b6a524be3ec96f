package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.rights.Right;
import io.lossledger.standalone.rights.Role;
import io.lossledger.streams.archive.v1.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In a Kafka with access control, each role does its work with exactly its rights. When one of them is taken away, the command names
 * it, or goes on where it can do without.
 */
class LeastRightsIT {
    private static final String PREFIX = "team.";
    private static final String RUN = "run-1";
    private static final int MAGIC_BYTES = 8;
    /** What these print is up to the user, and they need the right to no other topic. */
    private static final Set<Role> PRINTS_ANY = Set.of(Role.TAIL, Role.SQL);

    private static final String OPEN_RUN = "open-1";
    private static final String RECORDED_RUN = "recorded";

    @TempDir
    static Path directory;

    private static SecuredBroker broker;
    private static Admin admin;
    private static Path config;
    private static int used;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecuredBroker(directory);
        admin = broker.admin();
        config = broker.readersConfig();
        // A processor that fails stays a member of its group, and the next one waits for it.
        Files.writeString(
                config,
                "consumer.session.timeout.ms=6000\nconsumer.heartbeat.interval.ms=2000\n",
                StandardOpenOption.APPEND);
        Processing.createTopics(broker.bootstrapServers(), PREFIX);
        bookWithTheRightsOfAProcessor();
        try (LedgerRows rows = new LedgerRows(broker.bootstrapServers(), PREFIX, OPEN_RUN)) {
            rows.manifest();
        }
        CommandAnswer replayed = asAdministrator("replay", "--run", RUN, "--to-prefix", "replay.");
        assertThat(replayed.code()).as(replayed.err()).isZero();
        CommandAnswer recorded = asAdministrator(
                "train", "--record", "--steps", "2", "--objective-size", "50", "--run", RECORDED_RUN, "--wait", "0");
        assertThat(recorded.code()).as(recorded.err()).isZero();
        CommandAnswer file = asAdministrator("runs", "export", RUN, file("sent"));
        assertThat(file.code()).as(file.err()).isZero();
        begin(Path.of(file("sent")), Path.of(file("begun")));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PROCESS", "LIVE", "LIBRARY"})
    void aCommandNamesTheRightThatIsTakenAwayAndWorksWithAll(Role role) throws Exception {
        List<Right> rights = role.rights(names(role));
        grant(rights);
        try {
            for (Right right : rights) {
                if (!right.isOptional()) {
                    revoke(List.of(right));
                    CommandAnswer refused = CommandAnswer.of(words(role, right));
                    grant(List.of(right));
                    tell(role, right, refused);
                    assertRefused(right, refused);
                }
            }
            List<Right> optional = rights.stream().filter(Right::isOptional).toList();
            if (!optional.isEmpty()) {
                revoke(optional);
                CommandAnswer bare = CommandAnswer.of(words(role, null));
                grant(optional);
                tell(role, optional.get(0), bare);
                if (PRINTS_ANY.contains(role)) {
                    assertThat(bare.code()).isEqualTo(2);
                    assertThat(bare.fault()).contains("READ on topic " + LedgerTopic.STEP.named(PREFIX) + ".");
                } else {
                    assertThat(bare.code()).as(role + ": " + bare.err()).isZero();
                }
            }
            CommandAnswer allowed = CommandAnswer.of(words(role, null));
            assertThat(allowed.code()).as(role + ": " + allowed.err()).isZero();
        } finally {
            revoke(rights);
        }
    }

    @Test
    void aProcessorNamesTheRightThatIsTakenAway() throws Exception {
        String id = PREFIX + "others"; // that has not created its internal topics yet
        List<Right> rights = Role.PROCESS.rights(new Role.Names(PREFIX, id, ""));
        List<String> words = new ArrayList<>(process());
        words.addAll(List.of("--application-id", id, "--again"));
        grant(rights);
        try {
            for (Right right : rights) {
                if (!right.isOptional()) {
                    revoke(List.of(right));
                    CommandAnswer refused = CommandAnswer.of(words);
                    grant(List.of(right));
                    tell(Role.PROCESS, right, refused);
                    assertRefused(right, refused);
                }
            }
            revoke(rights.stream().filter(Right::isOptional).toList());
            try (LedgerCommand process = LedgerCommand.start(words.toArray())) {
                process.awaitOutput("the processor runs");
                assertThat(process.interrupt()).as(process.errors()).isEqualTo(130);
            }
        } finally {
            revoke(rights);
        }
    }

    /** What {@code lossledger rights} prints is run by a shell, and each call by Kafka's own tool. */
    @Test
    void theScriptGrantsExactlyTheRightsOfTheRoles() throws Exception {
        List<Role> roles = List.of(Role.PROCESS, Role.REPLAY, Role.RUNS_DELETE);
        List<String> words = new ArrayList<>(List.of("rights"));
        roles.forEach(role -> words.add(role.id()));
        words.addAll(List.of("--user", "other", "--bootstrap-server", broker.bootstrapServers()));
        words.addAll(List.of("--topic-prefix", PREFIX, "--to-prefix", "replay."));
        Path script = Files.writeString(
                directory.resolve("grant.sh"), CommandAnswer.of(words).out());
        for (List<String> call : AclTool.calls(script, directory)) {
            AclTool.run(call);
        }

        Set<AclBinding> wanted = new HashSet<>();
        for (Role role : roles) {
            for (Right right : role.rights(new Role.Names(PREFIX, PREFIX + "processors", "replay."))) {
                wanted.add(binding(right, "other"));
            }
        }
        AclBindingFilter all = new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter("User:other", null, AclOperation.ANY, AclPermissionType.ANY));
        assertThat(admin.describeAcls(all).values().get(1, TimeUnit.MINUTES))
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void aTrainerOfYourOwnIsToldWhichRightItNeeds() throws Exception {
        Properties file = new Properties();
        try (var in = Files.newBufferedReader(config)) {
            file.load(in);
        }
        Map<String, Object> kafka = new TreeMap<>();
        file.stringPropertyNames().forEach(name -> kafka.put(name, file.getProperty(name)));
        PublisherSettings settings = new PublisherSettings(
                PREFIX, PublisherSettings.DEFAULT_CHUNK_BYTES, PublisherSettings.DEFAULT_PATIENCE, kafka);
        List<Right> rights = Role.LIBRARY.rights(names(Role.LIBRARY));
        grant(rights);
        try {
            for (Right right : rights) {
                revoke(List.of(right));
                if (right.isOptional()) {
                    LinearNetwork.train("own-" + used++, 2, settings);
                } else {
                    assertThatThrownBy(() -> LinearNetwork.train("own-" + used++, 2, settings))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining(right.toString());
                }
                grant(List.of(right));
            }
            LinearNetwork.train("own-" + used++, 2, settings);
        } finally {
            revoke(rights);
        }
    }

    @Test
    void theLivePageShowsARunWithItsRights() throws Exception {
        List<Right> rights = Role.LIVE.rights(names(Role.LIVE));
        grant(rights);
        try (LedgerCommand live =
                LedgerCommand.start("live", "--port", 0, "--kafka-config", config, "--topic-prefix", PREFIX)) {
            live.awaitOutput("live at ");
            String address = live.output().lines().findFirst().orElseThrow().split(" ", -1)[2];
            ServerEvents.await(
                    address + "/api/runs/" + RUN + "/stream",
                    "snapshot",
                    told -> !told.getAsJsonArray("layers").isEmpty());
            revoke(List.of(rights.get(0)));
            live.awaitOutput(PREFIX + "run needs the right READ, which this client does not have");
        } finally {
            revoke(rights);
        }
    }

    private static void bookWithTheRightsOfAProcessor() throws Exception {
        List<Right> rights = Role.PROCESS.rights(names(Role.PROCESS));
        grant(rights);
        try (LedgerCommand process = LedgerCommand.start(process().toArray())) {
            process.awaitOutput("the processor runs");
            CommandAnswer booked =
                    asAdministrator("train", "--steps", "5", "--objective-size", "500", "--run", RUN, "--wait", "120");
            assertThat(booked.code()).as(booked.err() + process.errors()).isZero();
            assertThat(booked.out()).contains("balanced");
            assertThat(process.interrupt()).isEqualTo(130);
            assertThat(process.errors()).doesNotContain("uthoriz", "do not include the facts");
        } finally {
            revoke(rights);
        }
    }

    private static List<String> process() {
        return List.of(
                "process",
                "--http-port",
                "0",
                "--state-dir",
                directory.resolve("state").toString(),
                "--kafka-config",
                config.toString(),
                "--topic-prefix",
                PREFIX);
    }

    /** Writes a file as a trainer leaves it that is killed before its first step. */
    private static void begin(Path whole, Path begun) throws Exception {
        try (var in = Files.newInputStream(whole);
                var out = Files.newOutputStream(begun)) {
            out.write(in.readNBytes(MAGIC_BYTES));
            Entry.Builder first = Entry.parseDelimitedFrom(in).toBuilder();
            first.getHeaderBuilder().setVersion(2);
            first.build().writeDelimitedTo(out);
        }
    }

    /** One line, which names the right, and exit code 2. */
    private static void assertRefused(Right right, CommandAnswer refused) {
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.fault())
                .startsWith("lossledger: rights: ")
                .contains(right.prefixed() ? right.operation() + " on" : right.toString());
    }

    private static void tell(Role role, Right right, CommandAnswer answer) {
        System.out.printf(
                "%-13s without %-50s exit %d  %s%n",
                role.id(), right, answer.code(), answer.err().strip());
    }

    private static Role.Names names(Role role) {
        return new Role.Names(prefix(role), PREFIX + "processors", role == Role.REPLAY ? "replay." : "");
    }

    /** Topics that are there already need no right to create them. */
    private static String prefix(Role role) {
        return role == Role.TOPICS_CREATE ? "made." : PREFIX;
    }

    /** @param without the right that is taken away, or null */
    private static List<String> words(Role role, Right without) {
        used++;
        List<String> words = new ArrayList<>(
                switch (role) {
                    case TRAIN ->
                        List.of(
                                "train",
                                "--steps",
                                "2",
                                "--objective-size",
                                "500",
                                "--wait",
                                "0",
                                "--run",
                                "train-" + used);
                    case MEASURE ->
                        List.of("measure", "--run", RECORDED_RUN, "--as", "asked-" + used, "--no-verify-evaluator");
                    case TAIL -> List.of("tail", "step", "--no-follow");
                    case EXPORT -> List.of("export", RUN, "--to", file("e" + used));
                    case SQL -> List.of("sql", "--run", RUN, "from steps");
                    case REPORT -> List.of("report", RUN, "--to", file("r" + used));
                    case CHECK -> List.of("check", RUN);
                    case RELAY -> List.of("relay", file("begun"));
                    case REPLAY ->
                        without != null
                                        && without.prefixed()
                                        && without.operation().name().equals("READ")
                                ? List.of("replay", "--run", RUN, "--to-prefix", "replay.")
                                : List.of("replay", "--run", RUN, "--to-prefix", "replay.", "--force");
                    case RUNS_SHOW -> List.of("runs", "show", RUN);
                    case RUNS_EXPORT -> List.of("runs", "export", RUN, file("x" + used));
                    case RUNS_IMPORT -> List.of("runs", "import", file("sent"), "--force");
                    case RUNS_END -> List.of("runs", "end", OPEN_RUN, "--force", "--wait", "0");
                    case RUNS_DELETE -> List.of("runs", "delete", RUN, "--yes", "--wait", "0");
                    default -> List.of(role.label().split(" ", -1));
                });
        String prefix = role == Role.TOPICS_CREATE ? prefix(role) + used + "." : PREFIX;
        words.addAll(List.of("--kafka-config", config.toString(), "--topic-prefix", prefix));
        return words;
    }

    private static String file(String name) {
        return directory.resolve(name + ".ll").toString();
    }

    private static CommandAnswer asAdministrator(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap-server", broker.bootstrapServers(), "--topic-prefix", PREFIX));
        return CommandAnswer.of(all);
    }

    private static void grant(Collection<Right> rights) throws Exception {
        admin.createAcls(rights.stream().map(LeastRightsIT::binding).toList())
                .all()
                .get(1, TimeUnit.MINUTES);
    }

    private static void revoke(Collection<Right> rights) throws Exception {
        admin.deleteAcls(rights.stream().map(right -> binding(right).toFilter()).toList())
                .all()
                .get(1, TimeUnit.MINUTES);
    }

    private static AclBinding binding(Right right) {
        return binding(right, "reader");
    }

    private static AclBinding binding(Right right, String user) {
        return new AclBinding(
                new ResourcePattern(
                        right.type(), right.name(), right.prefixed() ? PatternType.PREFIXED : PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", right.operation(), AclPermissionType.ALLOW));
    }
}
