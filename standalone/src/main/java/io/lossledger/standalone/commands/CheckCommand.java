package io.lossledger.standalone.commands;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.options.BalanceOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.ExitCode;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.archive.GrowingArchive;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.check.Finding;
import io.lossledger.streams.check.RunCheck;
import io.lossledger.streams.check.SentRecord;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.RunRecords;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger check}. */
@Command(
        name = "check",
        description =
                "Checks what a producer has sent for a run against the contract, and names every rule that is broken.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "For those who write a producer, in any language. Reads the records of the run in",
            "Kafka, or in a file that a trainer has written. A run may still be in progress.",
            "Exit code 0: nothing found; 5: a rule is broken.",
            "",
            "Examples:",
            "  lossledger check digits-1",
            "  lossledger check run.ll"
        })
public final class CheckCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    @Parameters(paramLabel = "RUN|FILE", description = "Id of the run, or a file that a trainer has written.")
    String subject = "";

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        RunCheck check = new RunCheck(balance.tolerance());
        List<Finding> findings = isFile() ? ofFile(check) : ofRun(check);
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(out::println);
        out.println(subject + ": " + check.records() + " records, " + check.steps() + " complete steps, "
                + (findings.isEmpty()
                        ? "nothing found"
                        : findings.size() + (findings.size() == 1 ? " rule" : " rules") + " broken"));
        return findings.isEmpty() ? 0 : ExitCode.NOT_BOOKED;
    }

    /** A run id may look like a file, but hardly like one of these. */
    private boolean isFile() {
        return subject.endsWith(".ll") || subject.contains("/") || Files.isRegularFile(Path.of(subject));
    }

    private List<Finding> ofRun(RunCheck check) throws InterruptedException {
        kafka.connect().close();
        Map<String, Object> client = kafka.clientConfig();
        List<RunManifest> manifests = List.copyOf(
                ChosenRuns.read(client, kafka.topicPrefix, List.of(subject)).values());
        enterManifests(check, client, manifests);
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        String topic = LedgerTopic.UPDATE.named(kafka.topicPrefix);
        try (RunRecords records = RunRecords.open(client, topic, manifests)) {
            if (records.mayHaveLost()) {
                spec.commandLine()
                        .getErr()
                        .println("lossledger: " + topic + " has dropped its oldest records. If those of " + subject
                                + " are among them, its first steps seem to be missing");
            }
            while (!records.isAtEnd()) {
                Optional<ConsumerRecord<byte[], byte[]>> next = records.next(PATIENCE);
                if (next.isPresent()) {
                    check.enter(new SentRecord(
                            next.get().partition(),
                            next.get().offset(),
                            next.get().key(),
                            next.get().value()));
                }
                line.show("checking " + Math.round(records.fraction() * 100) + " %");
            }
        } finally {
            line.clear();
        }
        // Read again: the run may have ended while its records were read.
        return check.end(Optional.ofNullable(
                ChosenRuns.read(client, kafka.topicPrefix, List.of(subject)).get(subject)));
    }

    private void enterManifests(RunCheck check, Map<String, Object> client, List<RunManifest> manifests)
            throws InterruptedException {
        String topic = LedgerTopic.RUN.named(kafka.topicPrefix);
        int partitions;
        try (Admin admin = Admin.create(client)) {
            Map<String, TopicDescription> topics =
                    admin.describeTopics(List.of(topic)).allTopicNames().get();
            partitions = Objects.requireNonNull(topics.get(topic)).partitions().size();
        } catch (ExecutionException e) {
            throw new KafkaException("The partitions of " + topic + " are not known: " + e.getCause(), e);
        }
        try (RunRecords records = RunRecords.open(client, topic, manifests)) {
            while (!records.isAtEnd()) {
                records.next(PATIENCE).ifPresent(found -> check.enterManifest(subject, found.partition(), partitions));
            }
        }
    }

    private List<Finding> ofFile(RunCheck check) {
        RunManifest manifest;
        ProgressLine line = new ProgressLine(spec.commandLine().getErr());
        try (GrowingArchive archive = new GrowingArchive(Path.of(subject))) {
            byte[] newest = archive.manifest();
            for (Optional<Entry> next = archive.next(); next.isPresent(); next = archive.next()) {
                if (next.get().hasManifest()) {
                    newest = next.get().getManifest().toByteArray();
                } else {
                    Record record = next.get().getRecord();
                    byte[] value = record.hasValue() ? record.getValue().toByteArray() : null;
                    check.enter(new SentRecord(
                            SentRecord.NO_PARTITION,
                            archive.records() - 1,
                            record.getKey().toByteArray(),
                            value));
                }
                line.show("checking " + Math.round(100.0 * archive.position() / archive.size()) + " %");
            }
            manifest = RowFormat.read(newest, RunManifest.newBuilder()).build();
        } catch (InvalidProtocolBufferException e) {
            throw new UserException("file: must hold the manifest of a run. Found: " + subject, e);
        } finally {
            line.clear();
        }
        return check.end(Optional.of(manifest));
    }
}
