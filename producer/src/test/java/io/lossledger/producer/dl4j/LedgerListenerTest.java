package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** What happens to the network between its steps, and to the ledger's listener. */
class LedgerListenerTest {
    private final List<LossLedger> opened = new ArrayList<>();
    private static final Offset<Double> ROUNDING = within(1e-14);

    private final MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
    private final DataSet data = TestNetworks.data(10, 1);
    private final List<StepUpdate> measured = new CopyOnWriteArrayList<>();
    private final MockProducer<String, byte[]> sent = TestPublishers.memory();
    private double[] start = {};

    @Test
    void stepsAfterSetListenersAreMissingAndNotInTheLastOne() {
        LossLedger ledger = attach(1);
        train(2);
        double[] seen = FlatArrays.toDoubles(network.params());
        network.setListeners(new ScoreIterationListener(100));
        train(3);
        PublishReport report = ledger.finish();

        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1);
        assertThat(endOf(2)).containsExactly(seen, ROUNDING);
        assertThat(report.skipped(SkipReason.UNSEEN)).isEqualTo(3);
        assertThat(report.lostAnything()).isTrue();
        RunManifest manifest = lastManifest();
        assertThat(manifest.getLastStep()).isEqualTo(1);
        assertThat(manifest.getSkippedSteps()).isEqualTo(3);
        assertThat(manifest.getWarningsList())
                .containsExactly(
                        "Steps 2 to 4 were trained without the ledger's listener, as after setListeners(), and are"
                                + " missing. addListeners() leaves it attached");
        assertThat(endMarkers()).allMatch(marker -> marker.getStep() == 5);
    }

    @Test
    void stepsWithoutTheListenerAreMissing() {
        for (int every : new int[] {1, 3}) {
            measured.clear();
            LossLedger ledger = attach(every);
            var listeners = List.copyOf(network.getListeners());
            train(2);
            network.setListeners();
            train(4);
            double[] back = FlatArrays.toDoubles(network.params());
            network.setListeners(listeners);
            train(1);
            ledger.finish();

            assertThat(measured.get(measured.size() - 1).step()).isEqualTo(6);
            assertThat(measured.get(measured.size() - 1).stepsCovered()).isEqualTo(1);
            assertThat(measured.get(measured.size() - 2).step()).isEqualTo(1);
            double[] now = FlatArrays.toDoubles(network.params());
            StepUpdate last = measured.get(measured.size() - 1);
            for (int i = 0; i < now.length; i++) {
                assertThat(last.delta().get(i)).isCloseTo(now[i] - back[i], ROUNDING);
            }
        }
    }

    @Test
    void parametersSetBetweenStepsAreNotBookedToTheOptimizer() {
        LossLedger ledger = attach(2);
        train(3);
        double[] trained = FlatArrays.toDoubles(network.params());
        network.params().muli(0.9);
        train(2);
        ledger.finish();

        assertThat(measured)
                .as("segments end at multiples of two steps")
                .extracting(StepUpdate::step)
                .containsExactly(1, 2, 3, 4);
        assertThat(measured.get(1).stepsCovered()).isEqualTo(1);
        assertThat(endOf(2)).containsExactly(trained, ROUNDING);
        assertThat(measured)
                .extracting(update -> update.facts().getWarning())
                .containsExactly("", "", LedgerListener.PARAMETERS_SET, "");
        assertThat(lastManifest().getWarningsList()).containsExactly(LedgerListener.PARAMETERS_SET);
        assertThat(lastManifest().getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
    }

    @Test
    void callsOfAnotherNetworkAreNotBooked() {
        LossLedger ledger = attach(1);
        MultiLayerNetwork copy = network.clone();
        copy.setListeners(network.getListeners());
        train(1);
        copy.fit(data);
        train(1);
        ledger.finish();

        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1);
        assertThat(endOf(2)).containsExactly(FlatArrays.toDoubles(network.params()), ROUNDING);
        assertThat(lastManifest().getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(lastManifest().getWarningsList()).containsExactly(LedgerListener.OTHER_NETWORK);
    }

    @Test
    void aCountThatIsSetIsNoStep() {
        LossLedger ledger = attach(1);
        network.setIterationCount(5_000);
        train(1);
        network.setIterationCount(70);
        train(1);
        network.setIterationCount(9_000);
        PublishReport report = ledger.finish();

        assertThat(measured).extracting(StepUpdate::step).containsExactly(0, 1);
        assertThat(report.skippedSteps()).isZero();
        assertThat(lastManifest().getWarningsList()).isEmpty();
    }

    /** The parameters have moved, and DL4J has not counted the step. */
    @Test
    void anotherListenerThatThrowsMakesNoStepOfTwo() {
        network.addListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == 1) {
                    network.getListeners().remove(this);
                    throw new IllegalStateException("no disk");
                }
            }
        });
        LossLedger ledger = attach(1);
        train(1);
        assertThatThrownBy(() -> train(1)).hasMessage("no disk");
        double[] moved = FlatArrays.toDoubles(network.params());
        train(1);
        ledger.finish();

        StepUpdate last = measured.get(measured.size() - 1);
        double[] now = FlatArrays.toDoubles(network.params());
        assertThat(last.facts().getWarning()).isEqualTo(LedgerListener.PARAMETERS_SET);
        for (int i = 0; i < now.length; i++) {
            assertThat(last.delta().get(i)).isCloseTo(now[i] - moved[i], ROUNDING);
        }
    }

    @Test
    void reportsThatThereWasNoStep() {
        attach(1).finish();

        assertThat(lastManifest().getWarningsList())
                .containsExactly("No training step took place between attach() and finish()");
    }

    /** They move the parameters after DL4J's last callback. */
    @Test
    void constraintsBelongToTheStep() {
        network.getLayer(0).conf().getLayer().setConstraints(List.of(new MaxNormConstraint(0.1, 1)));
        double[] before = FlatArrays.toDoubles(network.params());
        LossLedger ledger = attach(1);
        train(3);
        ledger.finish();

        double[] end = FlatArrays.toDoubles(network.params());
        for (int i = 0; i < before.length; i++) {
            double sum = 0;
            for (StepUpdate update : measured) {
                assertThat(update.facts().getWarning()).isEmpty();
                sum += update.delta().get(i);
            }
            assertThat(sum).isCloseTo(end[i] - before[i], ROUNDING);
        }
    }

    /** Evaluators change a setting of the whole process while they are open. */
    @AfterEach
    void close() {
        opened.forEach(LossLedger::close);
    }

    private LossLedger attach(int every) {
        start = FlatArrays.toDoubles(network.params());
        LossLedger ledger = LossLedger.to("nowhere:1")
                .run("r")
                .train(data)
                .measure(MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64))
                .recording(new RecordSettings(0, every, 4, WhenBehind.WAIT))
                .observer(measured::add)
                .attach(network, run -> TestPublishers.into(sent, run.layout()));
        opened.add(ledger);
        return ledger;
    }

    private void train(int steps) {
        for (int step = 0; step < steps; step++) {
            network.fit(data);
        }
    }

    /** Where the first segments end that were measured. */
    private double[] endOf(int segments) {
        double[] end = start.clone();
        for (StepUpdate update : measured.subList(0, segments)) {
            for (int i = 0; i < end.length; i++) {
                end[i] += update.delta().get(i);
            }
        }
        return end;
    }

    private RunManifest lastManifest() {
        return sent.history().stream()
                .filter(entry -> entry.topic().equals("lossledger.run"))
                .reduce((first, second) -> second)
                .map(entry -> parse(entry.value()))
                .orElseThrow();
    }

    private List<Update> endMarkers() {
        return sent.history().stream()
                .filter(entry -> entry.topic().equals("lossledger.update"))
                .map(entry -> update(entry.value()))
                .filter(Update::hasFinished)
                .toList();
    }

    private static RunManifest parse(byte[] json) {
        try {
            return RowFormat.read(json, RunManifest.newBuilder()).build();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static Update update(byte[] bytes) {
        try {
            return Update.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
