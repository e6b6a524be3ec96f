package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** DL4J's own ParallelWrapper, which trains copies of a network and averages them. */
class ParallelTrainingTest {
    @Test
    void booksNoStepOfACopy() throws InvalidProtocolBufferException {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        DataSet data = TestNetworks.data(10, 1);
        MockProducer<String, byte[]> sent = TestPublishers.memory();
        List<StepUpdate> measured = new CopyOnWriteArrayList<>();
        MultiLayerNetwork twin = network.clone();
        double[] before = FlatArrays.toDoubles(twin.params());
        twin.fit(data);
        double[] after = FlatArrays.toDoubles(twin.params());
        try (LossLedger ledger = LossLedger.to("nowhere:1")
                .run("r")
                .train(data)
                .observer(measured::add)
                .attach(network, run -> TestPublishers.into(sent, run.layout()))) {
            ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                    .workers(2)
                    .averagingFrequency(1)
                    .prefetchBuffer(0)
                    .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                    .build();
            wrapper.fit(new ListDataSetIterator<>(Collections.nCopies(8, data), 1));
            wrapper.shutdown();
            ledger.finish();
        }

        RunManifest last = RowFormat.read(
                        sent.history().get(sent.history().size() - 1).value(), RunManifest.newBuilder())
                .build();
        // One of the copies may be the network itself; its own first step may come before the call of another.
        for (StepUpdate update : measured) {
            assertThat(update.step()).isZero();
            for (int i = 0; i < before.length; i++) {
                assertThat(update.delta().get(i)).isCloseTo(after[i] - before[i], within(1e-6));
            }
        }
        assertThat(last.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FAILED);
        assertThat(last.getFailure()).isEqualTo(LedgerListener.COPIES);
    }
}
