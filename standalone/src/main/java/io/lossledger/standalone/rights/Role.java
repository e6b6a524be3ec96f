package io.lossledger.standalone.rights;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.lossledger.protocol.LedgerTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;

/** Who does something in Kafka, and the rights that are enough for it. Immutable. */
public enum Role {
    TOPICS("topics", "list the topics"),
    TOPICS_CREATE("topics --create", "create the topics, once, so that nobody else has to"),
    TRAIN("train", "train and send every step"),
    LIBRARY("library", "send from your own program, in Java or Python"),
    MEASURE("measure", "measure recorded runs"),
    PROCESS("process", "book the steps of trainers"),
    LIVE("live", "show the live page"),
    TAIL("tail", "print topics"),
    EXPORT("export", "write results to files"),
    SQL("sql", "query results"),
    REPORT("report", "draw figures"),
    CHECK("check", "check what a producer has sent"),
    RELAY("relay", "publish the file of a trainer"),
    REPLAY("replay", "process runs again, into other topics"),
    RUNS_LIST("runs list", "list runs"),
    RUNS_SHOW("runs show", "show a run"),
    RUNS_EXPORT("runs export", "write raw records to a file"),
    RUNS_IMPORT("runs import", "read raw records from a file"),
    RUNS_END("runs end", "end a run whose trainer is gone"),
    RUNS_DELETE("runs delete", "delete runs");

    /** How the consumer groups and transactional ids of workers begin. */
    private static final String MEASURE_NAMES = "lossledger-measure";

    private final String label;
    private final String purpose;

    Role(String label, String purpose) {
        this.label = label;
        this.purpose = purpose;
    }

    /**
     * The names that rights depend on.
     *
     * @param prefix the topics' prefix
     * @param application the processors' application id
     * @param target the prefix of the topics that a replay writes
     */
    public record Names(String prefix, String application, String target) {}

    /** The role of a command, such as {@code runs list}. */
    public static Optional<Role> of(String command) {
        return Arrays.stream(values())
                .filter(role -> role.label.equals(command))
                .findAny();
    }

    /** The role in one word, such as {@code runs-list}. */
    public String id() {
        return label.replace(" --", "-").replace(' ', '-');
    }

    /** The command, or {@code library}. */
    public String label() {
        return label;
    }

    /** What somebody in this role does. */
    public String purpose() {
        return purpose;
    }

    /** The rights, those without which nothing works first. */
    public List<Right> rights(Names names) {
        Rights rights = new Rights(names.prefix());
        switch (this) {
            case TOPICS -> rights.add(Right.topics(DESCRIBE, names.prefix()));
            case TOPICS_CREATE ->
                rights.add(Right.topics(CREATE, names.prefix())).add(Right.topics(DESCRIBE, names.prefix()));
            case TRAIN ->
                rights.send()
                        .optional(WRITE, "--record", LedgerTopic.TRAJECTORY)
                        .optional(
                                READ,
                                "the check whether the books balance",
                                LedgerTopic.WINDOW,
                                LedgerTopic.ALERT,
                                LedgerTopic.REJECTED);
            case LIBRARY ->
                rights.send()
                        .optional(WRITE, "recording", LedgerTopic.TRAJECTORY)
                        .optional(READ, "the check that the run has no rows yet", LedgerTopic.WINDOW);
            case MEASURE ->
                rights.send()
                        .to(READ, LedgerTopic.TRAJECTORY)
                        .add(Right.groups(MEASURE_NAMES))
                        .add(Right.transactionalIds(MEASURE_NAMES));
            case PROCESS -> process(rights, names);
            case LIVE ->
                rights.to(READ, LedgerTopic.RUN)
                        .optional(
                                READ,
                                "what the page shows of it",
                                LedgerTopic.STEP,
                                LedgerTopic.LAYER,
                                LedgerTopic.WINDOW,
                                LedgerTopic.MOMENT,
                                LedgerTopic.ALERT,
                                LedgerTopic.BUCKET,
                                LedgerTopic.UNIT,
                                LedgerTopic.PARAMETER);
            case TAIL -> rights.optional(READ, "printing it", LedgerTopic.values());
            case EXPORT ->
                rights.results()
                        .optional(READ, "--parameters", LedgerTopic.PARAMETER)
                        .optional(READ, "--parameters and --raw", LedgerTopic.UPDATE);
            case SQL -> rights.to(READ, LedgerTopic.RUN).optional(READ, "the table of its rows", tables());
            case REPORT -> rights.results().optional(READ, "the figures of single parameters", LedgerTopic.UPDATE);
            case CHECK -> rights.to(READ, LedgerTopic.RUN, LedgerTopic.UPDATE);
            case RELAY -> rights.send();
            case REPLAY ->
                rights.to(READ, LedgerTopic.RUN, LedgerTopic.UPDATE)
                        .add(Right.topics(WRITE, names.target()))
                        .add(Right.topics(READ, names.target()))
                        .add(Right.transactionalIds("lossledger-replay-" + names.target()))
                        .add(Right.topics(CREATE, names.target()).onlyFor("creating missing topics"));
            case RUNS_LIST ->
                rights.to(READ, LedgerTopic.RUN).optional(READ, "the results in the list", LedgerTopic.WINDOW);
            case RUNS_SHOW ->
                rights.to(
                                READ,
                                LedgerTopic.RUN,
                                LedgerTopic.UPDATE,
                                LedgerTopic.STEP,
                                LedgerTopic.WINDOW,
                                LedgerTopic.MOMENT,
                                LedgerTopic.ALERT)
                        .optional(READ, "whether its trajectory is there", LedgerTopic.TRAJECTORY);
            case RUNS_EXPORT ->
                rights.to(READ, LedgerTopic.RUN, LedgerTopic.UPDATE)
                        .optional(READ, "--trajectory", LedgerTopic.TRAJECTORY);
            case RUNS_IMPORT ->
                rights.send()
                        .to(READ, LedgerTopic.UPDATE)
                        .add(Right.transactionalIds("lossledger-import-"))
                        .optional(
                                DESCRIBE_CONFIGS,
                                "the check whether retention would remove the records",
                                LedgerTopic.UPDATE)
                        .optional(WRITE, "files with a trajectory", LedgerTopic.TRAJECTORY)
                        .optional(READ, "files with a trajectory", LedgerTopic.TRAJECTORY);
            case RUNS_END -> rights.send().to(READ, LedgerTopic.UPDATE, LedgerTopic.WINDOW);
            case RUNS_DELETE ->
                rights.send()
                        .to(READ, LedgerTopic.UPDATE)
                        .to(DELETE, LedgerTopic.UPDATE)
                        .to(READ, LedgerTopic.TRAJECTORY)
                        .to(DELETE, LedgerTopic.TRAJECTORY)
                        .to(READ, LedgerTopic.BUCKET)
                        .to(READ, tables())
                        .to(DELETE, LedgerTopic.BUCKET)
                        .to(DELETE, tables());
        }
        return List.copyOf(rights.all);
    }

    private static void process(Rights rights, Names names) {
        rights.to(READ, LedgerTopic.UPDATE)
                .to(
                        WRITE,
                        LedgerTopic.LAYER,
                        LedgerTopic.UNIT,
                        LedgerTopic.STEP,
                        LedgerTopic.WINDOW,
                        LedgerTopic.MOMENT,
                        LedgerTopic.ALERT,
                        LedgerTopic.BUCKET,
                        LedgerTopic.REJECTED)
                .add(Right.group(names.application()))
                .add(Right.topics(CREATE, names.application() + "-"))
                .add(Right.topics(READ, names.application() + "-"))
                .add(Right.topics(WRITE, names.application() + "-"))
                .add(Right.transactionalIds(names.application() + "-"))
                .add(Right.topics(DELETE, names.application() + "-")
                        .onlyFor("the removal of internal records that are processed"))
                .optional(READ, "the facts of runs among the metrics", LedgerTopic.RUN)
                .optional(READ, "the check that no other application books these runs", LedgerTopic.STEP)
                .optional(WRITE, "--parameters", LedgerTopic.PARAMETER)
                .add(Right.topics(DESCRIBE_CONFIGS, names.prefix()).onlyFor("warnings about the settings of topics"));
    }

    private static LedgerTopic[] tables() {
        return new LedgerTopic[] {
            LedgerTopic.STEP,
            LedgerTopic.LAYER,
            LedgerTopic.UNIT,
            LedgerTopic.WINDOW,
            LedgerTopic.MOMENT,
            LedgerTopic.ALERT,
            LedgerTopic.PARAMETER
        };
    }

    /** Collects rights. */
    private static final class Rights {
        private final String prefix;
        private final List<Right> all = new ArrayList<>();

        Rights(String prefix) {
            this.prefix = prefix;
        }

        Rights add(Right right) {
            all.add(right);
            return this;
        }

        Rights to(AclOperation operation, LedgerTopic... topics) {
            for (LedgerTopic topic : topics) {
                add(Right.topic(operation, topic.named(prefix)));
            }
            return this;
        }

        Rights optional(AclOperation operation, String purpose, LedgerTopic... topics) {
            for (LedgerTopic topic : topics) {
                add(Right.topic(operation, topic.named(prefix)).onlyFor(purpose));
            }
            return this;
        }

        /** What a producer of updates needs. */
        Rights send() {
            return to(WRITE, LedgerTopic.UPDATE, LedgerTopic.RUN).to(READ, LedgerTopic.RUN);
        }

        /** What a reader of all results needs. */
        Rights results() {
            return to(
                    READ,
                    LedgerTopic.RUN,
                    LedgerTopic.STEP,
                    LedgerTopic.LAYER,
                    LedgerTopic.UNIT,
                    LedgerTopic.WINDOW,
                    LedgerTopic.MOMENT,
                    LedgerTopic.ALERT);
        }
    }
}
