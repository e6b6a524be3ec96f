package io.lossledger.producer.publish;

import static io.lossledger.producer.publish.PublishedSteps.LAYOUT;
import static io.lossledger.producer.publish.PublishedSteps.PATIENCE;
import static io.lossledger.producer.publish.PublishedSteps.run;
import static io.lossledger.producer.publish.PublishedSteps.settings;
import static io.lossledger.producer.publish.PublishedSteps.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What becomes of records that Kafka refuses, or does not take while it is unavailable. */
class LedgerPublisherOutageTest {
    @Test
    void countsWhatKafkaDoesNotTakeAndGoesOn() {
        MockProducer<String, byte[]> slow =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        LedgerPublisher publisher = new LedgerPublisher(slow, settings(4096), run(), LAYOUT);
        publisher.publish(step(0));
        slow.completeNext();
        slow.errorNext(new TimeoutException("no answer"));
        while (slow.completeNext()) {}

        PublishReport report = publisher.report();
        assertThat(report.failedRecords()).isEqualTo(1);
        assertThat(report.firstFailure()).contains("no answer");
        // one is lost, and the manifest that reports progress is not counted
        assertThat(report.records()).isEqualTo(slow.history().size() - 2L);
    }

    @Test
    void aStepOfWhichNothingWasTakenIsSkipped() {
        RefusingProducer kafka = new RefusingProducer(new TimeoutException("away"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);
        publisher.publish(step(0));
        assertThat(kafka.refused).isEqualTo(1);
        kafka.takes = true;
        publisher.publish(step(1));

        assertThat(publisher.report().skipped(SkipReason.KAFKA_AWAY)).isEqualTo(1);
        assertThat(publisher.report().failedRecords()).isZero();
        assertThat(publisher.report().steps()).isEqualTo(1);
    }

    @Test
    void sendsTheRestOfAStepWhenKafkaIsBack() {
        RefusingProducer kafka = new RefusingProducer(new TimeoutException("buffer full"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);
        kafka.takesUntilRefusal = 2;
        publisher.publish(step(0));
        assertThat(kafka.refused).as("refusals waited for").isEqualTo(1);
        publisher.publish(step(1));
        assertThat(kafka.refused).as("refusals waited for").isEqualTo(2);
        kafka.takes = true;
        publisher.publish(step(2));

        assertThat(chunks(kafka)).containsExactly("0/0", "0/1", "0/2", "0/3", "0/4", "2/0", "2/1", "2/2", "2/3", "2/4");
        assertThat(publisher.report().steps()).isEqualTo(2);
        assertThat(publisher.report().skipped(SkipReason.KAFKA_AWAY)).isEqualTo(1);
        assertThat(publisher.report().failedRecords()).isZero();
    }

    @Test
    void sendsTheRestOfTheLastStepBeforeWhatEndsTheRun() {
        RefusingProducer kafka = new RefusingProducer(new TimeoutException("buffer full"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);
        kafka.takesUntilRefusal = 2;
        publisher.publish(step(0));
        kafka.takes = true;

        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 1, "");

        assertThat(chunks(kafka)).containsExactly("0/0", "0/1", "0/2", "0/3", "0/4", "1/0", "1/1", "1/2", "1/3", "1/4");
        assertThat(publisher.report().failedRecords()).isZero();
    }

    @Test
    void sendsWhatEndsTheRunAgainUntilKafkaTakesIt() {
        RefusingProducer kafka = new RefusingProducer(new TimeoutException("away"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);
        kafka.takesUntilRefusal = 5;
        publisher.publish(step(0));
        kafka.takesUntilRefusal = 2;
        kafka.refusals = 3;

        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 1, "");

        assertThat(kafka.refused).isEqualTo(3);
        assertThat(kafka.history())
                .filteredOn(record -> record.topic().equals("lossledger.update"))
                .map(PublishedSteps::update)
                .filteredOn(Update::hasFinished)
                .extracting(Update::getChunk)
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(publisher.report().failedRecords()).isZero();
    }

    @Test
    void countsWhatWouldEndTheRunAndIsNeverTaken() {
        RefusingProducer kafka = new RefusingProducer(new RecordTooLargeException("too large"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);

        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 1, "");

        assertThat(publisher.report().failedRecords()).isEqualTo(1);
        assertThat(kafka.history())
                .extracting(ProducerRecord::topic)
                .containsExactly("lossledger.run", "lossledger.run");
    }

    @Test
    void whatKafkaNeverTakesIsNoKafkaThatIsAway() {
        RefusingProducer kafka = new RefusingProducer(new RecordTooLargeException("too large"));
        LedgerPublisher publisher = new LedgerPublisher(kafka, settings(4096), run(), LAYOUT);
        publisher.publish(step(0));

        assertThat(publisher.report().failedRecords()).isEqualTo(1);
        assertThat(publisher.report().firstFailure()).contains("too large");
        assertThat(publisher.report().skippedSteps()).isZero();
    }

    /** One step of 1,010 parameters in four vectors takes 16 KB; the limit is half of buffer.memory. */
    @Test
    void skipsWholeStepsWhileKafkaTakesNothingAndGoesOnWhenItIsBack() {
        MockProducer<String, byte[]> away =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        PublisherSettings small =
                new PublisherSettings("lossledger.", 4096, PATIENCE, Map.of("buffer.memory", "" + (100 << 10)));
        LedgerPublisher publisher = new LedgerPublisher(away, small, run(), LAYOUT);
        for (int step = 0; step < 10; step++) {
            publisher.publish(step(step));
        }
        int taken = (int) (10 - publisher.report().skipped(SkipReason.KAFKA_AWAY));
        assertThat(taken).as("steps of 16 KB that fit into 50 KB").isBetween(2, 3);
        int handedOver = away.history().size();
        while (away.completeNext()) {}
        publisher.publish(step(10));

        assertThat(away.history().size()).isGreaterThan(handedOver);
        assertThat(publisher.report().steps()).isEqualTo(taken + 1);
        assertThat(publisher.report().skippedSteps()).isEqualTo(10 - taken);
        assertThat(publisher.report().failedRecords()).isZero();
        assertThat(publisher.report().lostAnything()).isTrue();
    }

    private static List<String> chunks(MockProducer<String, byte[]> kafka) {
        return kafka.history().stream()
                .filter(record -> record.topic().equals("lossledger.update"))
                .map(PublishedSteps::update)
                .map(update -> update.getStep() + "/" + update.getChunk())
                .toList();
    }

    /** As Kafka's producer does it: the callback hears of the refusal, and the future has failed already. */
    private static final class RefusingProducer extends MockProducer<String, byte[]> {
        private final RuntimeException refusal;
        private boolean takes;
        private int takesUntilRefusal;
        private int refusals = Integer.MAX_VALUE;
        private int refused;

        RefusingProducer(RuntimeException refusal) {
            super(true, null, new StringSerializer(), new ByteArraySerializer());
            this.refusal = refusal;
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> entry, Callback callback) {
            if (takes || entry.topic().equals("lossledger.run") || takesUntilRefusal-- > 0 || refused == refusals) {
                return super.send(entry, callback);
            }
            refused++;
            callback.onCompletion(null, refusal);
            return CompletableFuture.failedFuture(refusal);
        }
    }
}
