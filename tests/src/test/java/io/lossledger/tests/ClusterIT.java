package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers with three copies of everything, of which two must be in sync; two processors with standbys; one training. One
 * broker dies, then a second one, then a processor: nothing is skipped, lost or doubled, and whatever stands still says so.
 */
class ClusterIT {
    private static final String RUN = "through-faults";
    private static final String WAITS = "waiting for Kafka at ";
    private static final String ANSWERS = " answers again after ";

    private final List<LedgerCommand> processors = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private String address = "";
    private LedgerCommand training;

    private record Fault(String what, String saw, String wentOn) {}

    @Test
    void nothingIsSkippedLostOrDoubled(@TempDir Path directory) throws Exception {
        try (BrokerCluster kafka = BrokerCluster.start(directory, 3)) {
            address = kafka.bootstrapServers();
            startProcessors(directory);
            try (LedgerCommand trainer = LedgerCommand.start(
                    "train",
                    "--bootstrap-server",
                    address,
                    "--run",
                    RUN,
                    "--steps",
                    1_000_000,
                    "--form",
                    "sums",
                    "--objective-size",
                    1_000,
                    "--http-port",
                    0,
                    "--kafka-patience",
                    100)) {
                training = trainer;
                awaitStepTrainedAfter(0);
                int dead = killTheLeader(kafka);
                killASecond(kafka, dead, trainer);
                kafka.start(dead);
                killTheBusyProcessor();
                trainer.interrupt();
                assertThat(trainer.output()).contains(" lost=0 skipped=0");
            }
            results("lossledger.").awaitClosed(Set.of(RUN), () -> {});
            kafka.awaitBrokers(3); // for topics with three copies
            FaultTable.Difference rows = FaultTable.replayed(address, RUN, "--replication-factor", 3);
            faults.forEach(fault -> FaultTable.add(fault.what(), fault.saw(), fault.wentOn(), rows));
            assertThat(rows).isEqualTo(new FaultTable.Difference(0, 0));
        } finally {
            processors.forEach(LedgerCommand::close);
        }
    }

    private void startProcessors(Path directory) throws Exception {
        for (int i = 0; i < 2; i++) {
            processors.add(LedgerCommand.start(
                    "process",
                    "--bootstrap-server",
                    address,
                    "--replication-factor",
                    3,
                    "--partitions",
                    2,
                    "--standby-replicas",
                    1,
                    "--http-port",
                    0,
                    "--state-dir",
                    directory.resolve("state-" + i)));
            processors.get(i).awaitOutput("the processor runs");
        }
    }

    /** The leader of the partition that the run is written to. */
    private int killTheLeader(BrokerCluster kafka) throws Exception {
        int partition = results("lossledger.").read(LedgerTopic.UPDATE).get(0).partition();
        int leader = kafka.leader("lossledger.update", partition);
        int before = training.errors().length();
        long killed = System.currentTimeMillis();
        kafka.kill(leader);
        awaitStepTrainedAfter(killed);
        faults.add(new Fault(
                "SIGKILL of one broker of three, the run's leader; trainer",
                line(training.errors().substring(before), "has accepted nothing")
                        .map(FaultTable::code)
                        .orElse("nothing"),
                secondsSince(killed) + " s after the fault"));
        return leader;
    }

    /** Kills a second broker, so that too few copies are in sync, and starts it again when all have said so. */
    private void killASecond(BrokerCluster kafka, int dead, LedgerCommand trainer) throws Exception {
        int second = (dead + 1) % kafka.size();
        LedgerCommand busy = processors.get(busy());
        int before = busy.output().length();
        int trainerBefore = trainer.errors().length();
        long killed = System.currentTimeMillis();
        kafka.kill(second);
        trainer.awaitErrorsAfter(trainerBefore, "has accepted nothing for 1");
        long trainerSaid = secondsSince(killed);
        busy.awaitOutputAfter(before, WAITS);
        long processorSaid = secondsSince(killed);
        Http ready = Http.of(busy);
        assertThat(ready.get("/health/ready").error())
                .startsWith("the processor is not ready: it is waiting for Kafka (");
        Http trains = new Http(Integer.parseInt(trainer.lines().get(0).replaceAll(".*http://[^:]+:(\\d+) .*", "$1")));
        assertThat(trains.get("/health/ready").error())
                .startsWith("the trainer is not ready: Kafka has accepted nothing for ");

        long repaired = System.currentTimeMillis();
        kafka.start(second);
        trainer.awaitErrorsAfter(trainerBefore, " accepts records again after ");
        busy.awaitOutputAfter(before, ANSWERS);
        awaitStepTrainedAfter(repaired);
        String wentOn = secondsSince(repaired) + " s after one broker was back";
        assertThat(ready.await("/health/ready", answer -> answer.status() == 200)
                        .body())
                .contains("RUNNING");
        assertThat(trains.get("/health/ready").status()).isEqualTo(200);
        faults.add(new Fault(
                "SIGKILL of a second broker: below min ISR; trainer",
                said(trainerSaid, trainer.errors().substring(trainerBefore), "has accepted nothing"),
                wentOn));
        faults.add(new Fault(
                "the same; processor", said(processorSaid, busy.output().substring(before), WAITS), wentOn));
    }

    private void killTheBusyProcessor() throws Exception {
        LedgerCommand busy = processors.get(busy());
        long killed = System.currentTimeMillis();
        busy.kill();
        awaitStepTrainedAfter(killed);
        faults.add(new Fault(
                "SIGKILL of the processor at work, with a standby",
                "nothing",
                secondsSince(killed) + " s after the fault"));
    }

    /** The processor that has the books of the run; the other keeps a copy of its state. */
    private int busy() throws Exception {
        Http.Answer answer = Http.of(processors.get(0)).get("/runs/" + RUN, "LossLedger-Hop");
        return answer.status() == 200 ? 0 : 1;
    }

    /** Waits until a step is booked that was trained after a moment. */
    private void awaitStepTrainedAfter(long millis) {
        results("lossledger.")
                .await(
                        LedgerTopic.STEP,
                        "A step trained after " + millis,
                        () -> assertThat(training.isAlive())
                                .as(training.output() + training.errors())
                                .isTrue(),
                        record -> record.timestamp() > millis);
    }

    private Results results(String prefix) {
        return new Results(address, prefix);
    }

    private static long secondsSince(long millis) {
        return Math.round((System.currentTimeMillis() - millis) / (double) TimeUnit.SECONDS.toMillis(1));
    }

    private static String said(long seconds, String output, String part) {
        return "after " + seconds + " s: " + FaultTable.code(line(output, part).orElseThrow());
    }

    private static Optional<String> line(String output, String part) {
        return output.lines().filter(one -> one.contains(part)).findFirst();
    }
}
