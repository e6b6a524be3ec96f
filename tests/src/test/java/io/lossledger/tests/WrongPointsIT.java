package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What workers say and do when points are gone or damaged, or a run cannot be measured here. */
class WrongPointsIT {
    private static final int STEPS = 50;
    private static final int BLOCK = 16;
    private static final String TOPIC = LedgerTopic.TRAJECTORY.named("lossledger.");

    private static RunningLedger ledger;
    private static int partitions;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        ledger = RunningLedger.start(directory);
        train("recorded");
        try (KafkaProducer<String, byte[]> producer = producer()) {
            partitions = producer.partitionsFor(TOPIC).size();
        }
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    /** Retention, or a broker that lost its disk. */
    @ParameterizedTest
    @CsvSource({"0, lost-first", "1, lost-middle"})
    void settlesABlockThatIsGone(int block, String run) throws Exception {
        train("source-of-" + run);
        int gone = PointKey.partition("source-of-" + run, block, partitions);
        try (Admin admin = Admin.create(kafka())) {
            admin.deleteRecords(Map.of(new TopicPartition(TOPIC, gone), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get(1, TimeUnit.MINUTES);
        }
        try (LedgerCommand worker = worker("--run", "source-of-" + run, "--as", run)) {
            assertThat(worker.exitCode()).as(worker.errors()).isEqualTo(4);
        }
        int lost = IntStream.rangeClosed(0, 3)
                .filter(other -> PointKey.partition("source-of-" + run, other, partitions) == gone)
                .map(other -> Math.min(BLOCK, STEPS - other * BLOCK))
                .sum();
        WindowRow closing = ledger.closing(run);
        assertThat(closing.getMissingSteps()).isEqualTo(lost);
        assertThat(closing.getSteps()).isEqualTo(STEPS - lost);
        assertThat(ledger.rows(LedgerTopic.ALERT, run, AlertRow.class))
                .filteredOn(alert -> alert.getRule().equals("steps-missing"))
                .isNotEmpty();
    }

    /** The trainer has ended its run, but the end of its trajectory has not come. */
    @ParameterizedTest
    @ValueSource(strings = {"--run", "--all"})
    void settlesTheRestOfABlockWhoseEndIsLost(String mode) throws Exception {
        String run = "cut" + mode.substring(1);
        copy(run, manifest -> manifest, point -> point.getBlock() < 3 && point.getStep() <= 36 && !isEnd(point, 2));
        try (LedgerCommand worker = mode.equals("--all") ? worker(mode) : worker(mode, run)) {
            WindowRow closing = ledger.closing(run);
            assertThat(closing.getSteps()).isEqualTo(36);
            assertThat(closing.getMissingSteps()).isEqualTo(STEPS - 36);
            if (mode.equals("--run")) {
                assertThat(worker.exitCode()).as(worker.errors()).isEqualTo(4);
            } else {
                worker.terminate();
            }
            assertThat(worker.errors()).contains("run " + run + ": " + (STEPS - 36) + " steps are missing");
        }
    }

    @Test
    void measuresTheLastBlockOfATrainerThatWasKilled() throws Exception {
        copy(
                "killed",
                manifest -> {
                    manifest.getTrajectoryBuilder().clearEndStep();
                    return manifest.setStatus(RunStatus.RUN_STATUS_RUNNING).clearEnded();
                },
                point -> !isEnd(point, 3));
        try (LedgerCommand worker = worker("--run", "killed")) {
            ledger.await(LedgerTopic.STEP, "killed", StepRow.class, row -> row.getStep() == 47);
            try (LedgerCommand end =
                    LedgerCommand.run("runs", "end", "killed", "--bootstrap-server", ledger.bootstrapServers())) {
                assertThat(end.exitCode()).as(end.errors()).isZero();
                assertThat(end.output()).contains("its workers close the books when all that is recorded is measured");
            }
            assertThat(worker.exitCode()).as(worker.errors()).isZero();
        }
        WindowRow closing = ledger.closing("killed");
        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        assertThat(closing.getSteps()).isEqualTo(STEPS);
        assertThat(closing.getMissingSteps()).isZero();
    }

    private static boolean isEnd(Point point, int block) {
        return point.hasEnd() && point.getBlock() == block;
    }

    /** Writes some of the points of the recorded run as another run, two minutes old. */
    private static void copy(String run, UnaryOperator<RunManifest.Builder> change, Predicate<Point> kept)
            throws Exception {
        RunManifest manifest = manifest("recorded");
        boolean ended = change.apply(manifest.toBuilder()).getStatus() == RunStatus.RUN_STATUS_FINISHED;
        long time = System.currentTimeMillis() - 120_000;
        try (KafkaProducer<String, byte[]> producer = producer();
                LedgerReader reader = LedgerReader.connect(kafka(), "lossledger.")) {
            publish(run, change);
            reader.read(Point.class, "recorded", point -> {
                if (kept.test(point)) {
                    Point copied = point.toBuilder().setRun(run).build();
                    var unused = producer.send(new ProducerRecord<>(
                            TOPIC,
                            PointKey.partition(run, point.getBlock(), partitions),
                            time,
                            PointKey.of(run, point.getBlock()),
                            copied.toByteArray()));
                }
            });
            reader.read(Update.class, "recorded", update -> {
                if (ended && update.hasFinished()) {
                    Update copied = update.toBuilder().setRun(run).build();
                    var unused = producer.send(new ProducerRecord<>(
                            "lossledger.update", null, time, UpdateKey.of(copied), copied.toByteArray()));
                }
            });
        }
    }

    @Test
    void countsADamagedPointAndGoesOn() throws Exception {
        train("beside-damage");
        try (KafkaProducer<String, byte[]> producer = producer()) {
            var unused = producer.send(new ProducerRecord<>(TOPIC, "beside-damage|0", new byte[] {8, 1, 2}))
                    .get(1, TimeUnit.MINUTES);
        }
        try (LedgerCommand worker = worker("--run", "beside-damage")) {
            assertThat(worker.exitCode()).isEqualTo(5);
            assertThat(worker.errors())
                    .contains("a record of the trajectory is left out; later ones are only counted: point: must be")
                    .doesNotContain("\tat ");
        }
        assertThat(ledger.closing("beside-damage").getSteps()).isEqualTo(STEPS);
    }

    @Test
    void refusesOtherDataAndNetworksThatItCannotCreate() throws Exception {
        publish("other-data", trajectory -> {
            trajectory.getTrajectoryBuilder().setDataFingerprint("sha256:00");
            return trajectory;
        });
        refused("other-data", "data: must be that of run other-data, sha256:00. Found: sha256:");
        publish("other-class", trajectory -> {
            String network = trajectory.getTrajectory().getConfiguration();
            trajectory
                    .getTrajectoryBuilder()
                    .setConfiguration(
                            network.replace("org.deeplearning4j.nn.conf.layers.DenseLayer", "com.example.Mine"));
            return trajectory;
        });
        refused("other-class", "network: must be of classes that are on the class path here. Found: the configuration");
        publish("live", RunManifest.Builder::clearTrajectory);
        refused("live", "run: must be one that records its trajectory (train --record). Found: live");
        publish("none", RunManifest.Builder::clearObjectives);
        refused("none", "objective: must be given, with --as, for a run that declares none. Found: none");
    }

    private static void refused(String run, String message) throws Exception {
        try (LedgerCommand worker = worker("--run", run)) {
            assertThat(worker.exitCode()).isEqualTo(2);
            assertThat(worker.errors()).contains(message).doesNotContain("\tat ");
        }
    }

    private static void publish(String run, UnaryOperator<RunManifest.Builder> change) throws Exception {
        RunManifest manifest =
                change.apply(manifest("recorded").toBuilder().setRun(run)).build();
        try (KafkaProducer<String, byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>("lossledger.run", run, RowFormat.JSON.serialize(manifest)))
                    .get(1, TimeUnit.MINUTES);
        }
    }

    private static KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(kafka(), new StringSerializer(), new ByteArraySerializer());
    }

    private static RunManifest manifest(String run) {
        try (LedgerReader reader = LedgerReader.connect(kafka(), "lossledger.")) {
            return reader.runs().get(run);
        }
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", ledger.bootstrapServers());
    }

    private static void train(String run) throws Exception {
        new Trainer(
                        Trainings.of(
                                        run,
                                        STEPS,
                                        Optimizer.SGD,
                                        List.of("train"),
                                        100,
                                        false,
                                        MeasureSettings.DEFAULT,
                                        RecordSettings.DEFAULT)
                                .recorded(),
                        ledger.publishing())
                .run(step -> {});
    }

    private static LedgerCommand worker(Object... options) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of("measure", "--bootstrap-server", ledger.bootstrapServers()));
        arguments.addAll(List.of(options));
        return LedgerCommand.start(arguments.toArray());
    }
}
