package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings that are recorded, and measured by worker processes: the rows are those of a trainer that measures itself. */
class MeasuredElsewhereIT {
    private static final int ROUNDS = Integer.getInteger("lossledger.worker.rounds", 1);
    private static final int STEPS = 34;
    /** With all objectives, which cost more; two blocks. */
    private static final int FEWER_STEPS = 20;

    private static final int IMAGES = 200;
    private static final Set<String> OF_THE_RUN = Set.of("run", "time", "first_time", "last_time");
    /** The work of a worker that was killed moves soon; what it has left open is aborted soon. */
    private static final String QUICK_RECOVERY = """
            session.timeout.ms=6000
            heartbeat.interval.ms=1000
            transaction.timeout.ms=5000
            """;

    private static RunningLedger ledger;
    private static Path quick;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        ledger = RunningLedger.start(directory);
        quick = Files.writeString(directory.resolve("quick.properties"), QUICK_RECOVERY);
        train(settings("recorded", Optimizer.SGD, List.of("train")).recorded());
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    /** One worker waits for the trainer, one comes after it. */
    @ParameterizedTest
    @EnumSource(
            value = Optimizer.class,
            names = {"MOMENTUM", "ADAM"})
    void booksTheSameRowsAsTheTrainerItself(Optimizer optimizer) throws Exception {
        List<String> objectives = List.of("train", "validation", "classes");
        String recorded = "recorded-" + optimizer;
        String live = "live-" + optimizer;
        try (LedgerCommand early = worker("--run", recorded)) {
            early.awaitErrors("run " + recorded + " is not there yet; waiting for its trainer");
            train(settings(recorded, optimizer, objectives).recorded());
            try (LedgerCommand late = worker("--run", recorded)) {
                train(settings(live, optimizer, objectives));
                assertThat(early.exitCode()).as(early.errors()).isZero();
                assertThat(late.exitCode()).as(late.errors()).isZero();
            }
        }
        requireSameRows(live, recorded);
    }

    @Test
    void answersLaterWhatATrainerWouldHaveMeasured() throws Exception {
        train(settings("live-threes", Optimizer.SGD, List.of("class=3")));
        measure("--run", "recorded", "--as", "threes", "--objective", "class=3");
        requireSameRows("live-threes", "threes");
        RunManifest manifest = manifest("threes");
        assertThat(manifest.getParentRun()).isEqualTo("recorded");
        assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(manifest.getLastStep()).isEqualTo(STEPS - 1);
        try (LedgerCommand other = worker("--run", "recorded", "--as", "threes", "--objective", "class=4")) {
            assertThat(other.exitCode()).isEqualTo(2);
            assertThat(other.errors()).contains("as: must be a new run, or one that asks the same of run recorded");
        }
    }

    @Test
    void killedWorkersLoseAndDoubleNothing() throws Exception {
        long seed = Long.getLong("lossledger.worker.seed", System.nanoTime());
        System.out.println("workers: " + ROUNDS + " rounds, lossledger.worker.seed=" + seed);
        Random random = new Random(seed);
        measure("--run", "recorded", "--as", "calm");
        for (int round = 0; round < ROUNDS; round++) {
            String run = "killed-" + round;
            int kills = killSome(run, random);
            WindowRow closing = ledger.closing(run);
            System.out.println("workers: round " + round + ", " + kills + " kills, " + closing.getSteps() + " steps, "
                    + closing.getMissingSteps() + " missing");
            requireSameRows("calm", run);
        }
    }

    /** Two workers, of which one or the other is killed and started again. */
    private static int killSome(String run, Random random) throws Exception {
        List<LedgerCommand> workers = new ArrayList<>();
        int kills = 0;
        try {
            for (int i = 0; i < 2; i++) {
                workers.add(worker("--run", "recorded", "--as", run));
            }
            for (int kill = 0; kill < 4; kill++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_000 + random.nextInt(7_000)));
                int victim = random.nextInt(2);
                if (workers.get(victim).isAlive()) {
                    kills++;
                }
                workers.get(victim).kill();
                workers.get(victim).close();
                workers.set(victim, worker("--run", "recorded", "--as", run));
            }
            for (LedgerCommand worker : workers) {
                assertThat(worker.exitCode()).as(worker.errors()).isZero();
            }
        } finally {
            workers.forEach(LedgerCommand::close);
        }
        return kills;
    }

    private static RunManifest manifest(String run) {
        try (LedgerReader reader = LedgerReader.connect(kafka(), "lossledger.")) {
            return reader.runs().get(run);
        }
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", ledger.bootstrapServers());
    }

    private static TrainSettings settings(String run, Optimizer optimizer, List<String> objectives) {
        MeasureSettings refined = new MeasureSettings(
                ElementType.ELEMENT_TYPE_FLOAT32,
                MeasureSettings.Rule.RK4,
                objectives.size() > 1 ? 8 : 2,
                1e-5,
                1e-4,
                0);
        int steps = objectives.size() > 1 ? FEWER_STEPS : STEPS;
        return Trainings.of(run, steps, optimizer, objectives, IMAGES, false, refined, RecordSettings.DEFAULT);
    }

    private static void train(TrainSettings settings) throws Exception {
        new Trainer(settings, ledger.publishing()).run(step -> {});
    }

    private static void measure(Object... options) throws Exception {
        try (LedgerCommand worker = worker(options)) {
            assertThat(worker.exitCode()).as(worker.errors()).isZero();
        }
    }

    private static LedgerCommand worker(Object... options) throws Exception {
        List<Object> arguments = new ArrayList<>(
                List.of("measure", "--bootstrap-server", ledger.bootstrapServers(), "--kafka-config", quick));
        arguments.addAll(List.of(options));
        return LedgerCommand.start(arguments.toArray());
    }

    private static void requireSameRows(String expected, String found) throws Exception {
        ledger.closing(expected);
        ledger.closing(found);
        for (Class<? extends Message> type :
                List.of(LayerRow.class, UnitRow.class, StepRow.class, WindowRow.class, MomentRow.class)) {
            LedgerTopic topic = LedgerTopic.of(type);
            List<Message> rows = rows(topic, expected, type);
            assertThat(topic == LedgerTopic.MOMENT || !rows.isEmpty()).isTrue();
            assertThat(rows(topic, found, type)).as(topic + " of " + found).isEqualTo(rows);
        }
    }

    private static List<Message> rows(LedgerTopic topic, String run, Class<? extends Message> type) throws Exception {
        return ledger.rows(topic, run, type).stream()
                .map(row -> withoutRun(row))
                .toList();
    }

    private static Message withoutRun(Message row) {
        Message.Builder bare = row.toBuilder();
        for (FieldDescriptor field : row.getDescriptorForType().getFields()) {
            if (OF_THE_RUN.contains(field.getName())) {
                bare.clearField(field);
            }
        }
        return bare.build();
    }
}
