package io.lossledger.streams.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRelayTest {
    @TempDir
    Path folder;

    @Test
    void publishesTheManifestBeforeTheRecords() throws IOException {
        MockProducer<byte[], byte[]> kafka = kafka(true);
        try (RunRelay relay = new RunRelay(new GrowingArchive(file()), "p.", kafka, false)) {
            while (relay.advance()) {}
            relay.flush();

            assertThat(topics(kafka)).containsExactly("p.run", "p.update", "p.update", "p.run", "p.run");
            assertThat(relay.acknowledged()).isEqualTo(5);
        }
    }

    /** The processor gives up a step when a later one is complete, and would skip it when the file is relayed again. */
    @Test
    void sendsNothingAfterARecordThatKafkaDidNotAccept() throws IOException {
        MockProducer<byte[], byte[]> kafka = kafka(false);
        try (RunRelay relay = new RunRelay(new GrowingArchive(file()), "p.", kafka, false)) {
            relay.advance();
            kafka.errorNext(new TimeoutException("away"));

            assertThat(kafka.closed()).isTrue();
            assertThatThrownBy(relay::flush)
                    .isInstanceOf(KafkaException.class)
                    .hasMessage("Kafka did not accept a record of run r: away"
                            + " (relay the file again: what has been booked is skipped)");
            assertThatThrownBy(relay::advance).isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void saysWhyARecordCannotBeSentAnyMore() throws IOException {
        MockProducer<byte[], byte[]> kafka = new MockProducer<>(false, null, bytes(), bytes()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                var sent = super.send(record, callback);
                errorNext(new TimeoutException("away"));
                return sent;
            }
        };
        try (RunRelay relay = new RunRelay(new GrowingArchive(file()), "p.", kafka, false)) {
            assertThatThrownBy(relay::advance).hasMessageStartingWith("Kafka did not accept a record of run r: away");
        }
    }

    /** A run whose trainer was killed is closed by someone else, whose manifest is the newest. */
    @Test
    void doesNotReopenARunThatHasEnded() throws IOException {
        MockProducer<byte[], byte[]> kafka = kafka(true);
        try (RunRelay relay = new RunRelay(new GrowingArchive(file()), "p.", kafka, true)) {
            while (relay.advance()) {}

            assertThat(topics(kafka)).containsExactly("p.update", "p.update", "p.run");
            assertThat(new String(kafka.history().get(2).value(), StandardCharsets.UTF_8))
                    .contains("RUN_STATUS_FINISHED");
        }
    }

    private static List<String> topics(MockProducer<byte[], byte[]> kafka) {
        return kafka.history().stream().map(record -> record.topic()).toList();
    }

    private static MockProducer<byte[], byte[]> kafka(boolean accepts) {
        return new MockProducer<>(accepts, null, bytes(), bytes());
    }

    private static ByteArraySerializer bytes() {
        return new ByteArraySerializer();
    }

    /** The manifest of a run, two markers, and two newer manifests: one in progress, and one of the end. */
    private Path file() throws IOException {
        Path file = folder.resolve("run.ll");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("LOSSLRUN".getBytes(StandardCharsets.US_ASCII));
            Entry.newBuilder()
                    .setHeader(Header.newBuilder()
                            .setVersion(GrowingArchive.VERSION)
                            .setRun("r")
                            .setManifest(manifest(RunStatus.RUN_STATUS_RUNNING)))
                    .build()
                    .writeDelimitedTo(out);
            for (int chunk = 0; chunk < 2; chunk++) {
                Update update = Update.newBuilder()
                        .setRun("r")
                        .setSession(7)
                        .setChunk(chunk)
                        .setChunksInStep(2)
                        .setFinished(RunFinished.newBuilder().setOutcome(RunStatus.RUN_STATUS_FINISHED))
                        .build();
                Entry.newBuilder()
                        .setRecord(Record.newBuilder()
                                .setKey(ByteString.copyFromUtf8(UpdateKey.of(update)))
                                .setValue(update.toByteString()))
                        .build()
                        .writeDelimitedTo(out);
            }
            for (RunStatus status : List.of(RunStatus.RUN_STATUS_RUNNING, RunStatus.RUN_STATUS_FINISHED)) {
                Entry.newBuilder().setManifest(manifest(status)).build().writeDelimitedTo(out);
            }
        }
        return file;
    }

    private static ByteString manifest(RunStatus status) {
        return ByteString.copyFrom(RowFormat.JSON.serialize(RunManifest.newBuilder()
                .setRun("r")
                .setSession(7)
                .setStatus(status)
                .build()));
    }
}
