package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.RunManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;

class CheckpointTest {
    private static final int BEFORE = 4;
    private static final int AFTER = 3;

    @TempDir
    Path folder;

    /** With a schedule, so that the number of iterations counts, and through an epoch's end. */
    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void goesOnToTheBitWhereTheTrainingEnded(Optimizer optimizer) throws IOException {
        ModelSettings settings = settings(optimizer, 0.01, "exponential:0.9");
        TrainingSet data = data();
        Model whole = Networks.create(settings, data.train(), 1);
        train(whole, data, BEFORE + AFTER);

        TrainingSet first = data();
        Model begun = Networks.create(settings, first.train(), 1);
        train(begun, first, BEFORE);
        Path file = folder.resolve("checkpoint.zip");
        new Checkpoint(begun, run()).save(file);
        TrainingSet second = data();
        Model resumed = Networks.create(settings, second.train(), 1);
        Checkpoint checkpoint = Checkpoint.load(file, false);
        checkpoint.restoreTo(resumed);
        second.skip(checkpoint.nextStep());
        train(resumed, second, AFTER);

        assertThat(resumed.params().toFloatVector()).isEqualTo(whole.params().toFloatVector());
    }

    @Test
    void savesGraphs() throws IOException {
        TrainingSet data = TrainingSet.load(Optional.empty(), Preset.CIFAR_RESNET20, 4, 1);
        Model graph = Networks.create(ModelSettings.of(Preset.CIFAR_RESNET20, Optimizer.MOMENTUM), data.train(), 1);
        Path file = folder.resolve("graph.zip");
        new Checkpoint(graph, run()).save(file);
        Model other = Networks.create(ModelSettings.of(Preset.CIFAR_RESNET20, Optimizer.MOMENTUM), data.train(), 2);
        Checkpoint.load(file, true).restoreTo(other);

        assertThat(other.params().toFloatVector()).isEqualTo(graph.params().toFloatVector());
        assertThat(((ComputationGraph) other).getConfiguration().getIterationCount())
                .isEqualTo(BEFORE);
        assertThat(file).isRegularFile();
        try (var files = Files.list(folder)) {
            assertThat(files).as("no unfinished file is left").containsExactly(file);
        }
    }

    @Test
    void namesAFileThatIsNotACheckpoint() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "no zip");

        assertThatThrownBy(() -> Checkpoint.load(file, false))
                .hasMessageStartingWith("resume: must be a file that --save wrote for this network. Found: " + file);
        assertThatThrownBy(() -> Checkpoint.load(folder.resolve("missing"), false))
                .hasMessageStartingWith("resume: must be a file that --save wrote for this network. Found: "
                        + folder.resolve("missing"));
    }

    @Test
    void namesAnOptimizerWithAnotherState() throws IOException {
        TrainingSet data = data();
        Model momentum = Networks.create(settings(Optimizer.MOMENTUM, 0.01, "constant"), data.train(), 1);
        Model adam = Networks.create(settings(Optimizer.ADAM, 0.01, "constant"), data.train(), 1);

        assertThatThrownBy(() -> new Checkpoint(momentum, run()).restoreTo(adam))
                .hasMessage("optimizer: must be that of the checkpoint, Nesterovs. Found: Adam");
        Model rmsProp = Networks.create(settings(Optimizer.RMSPROP, 0.01, "constant"), data.train(), 1);
        assertThatThrownBy(() -> new Checkpoint(momentum, run()).restoreTo(rmsProp))
                .as("a state of the same length")
                .hasMessage("optimizer: must be that of the checkpoint, Nesterovs. Found: RmsProp");
    }

    /** DL4J lays the state out by blocks of equal settings: the same numbers must reach the same parameters. */
    @Test
    void copiesTheStateToOtherRates() throws IOException {
        TrainingSet data = data();
        Model begun = Networks.create(settings(Optimizer.ADAM, 0.01, "constant"), data.train(), 1);
        train(begun, data, BEFORE);
        ModelSettings slower = new ModelSettings(
                Preset.MNIST_FC,
                Optimizer.ADAM,
                0.01,
                0.9,
                0,
                0,
                Schedule.CONSTANT,
                List.of(LayerSettings.parse("output:lr=0.5")));
        Model resumed = Networks.create(slower, data.train(), 1);
        new Checkpoint(begun, run()).restoreTo(resumed);
        DataSet batch = data.nextBatch();
        float[] before = begun.params().toFloatVector();
        ((NeuralNetwork) begun).fit(batch);
        ((NeuralNetwork) resumed).fit(batch);

        float[] there = begun.params().toFloatVector();
        float[] here = resumed.params().toFloatVector();
        int output = 784 * 100 + 100 + 100 * 50 + 50;
        for (int i = 0; i < here.length; i++) {
            double factor = i < output ? 1 : 0.5;
            assertThat((double) here[i] - before[i])
                    .as("parameter %d", i)
                    .isCloseTo(factor * (there[i] - before[i]), within(2e-7));
        }
    }

    @Test
    void namesASettingThatDiffers() {
        assertThatThrownBy(() -> Checkpoint.requireSame("seed", 1L, 2L))
                .hasMessage("seed: must be that of the checkpoint, 1. Found: 2");
    }

    private static RunManifest run() {
        return RunManifest.newBuilder().setRun("r").setLastStep(BEFORE - 1).build();
    }

    private static ModelSettings settings(Optimizer optimizer, double rate, String schedule) {
        return new ModelSettings(Preset.MNIST_FC, optimizer, rate, 0.9, 0, 0, Schedule.parse(schedule), List.of());
    }

    private static TrainingSet data() throws IOException {
        return TrainingSet.load(Optional.empty(), Preset.MNIST_FC, 1_000, 1);
    }

    private static void train(Model network, TrainingSet data, int steps) {
        for (int step = 0; step < steps; step++) {
            ((NeuralNetwork) network).fit(data.nextBatch());
        }
    }
}
