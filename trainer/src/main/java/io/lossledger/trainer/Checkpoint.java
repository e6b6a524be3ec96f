package io.lossledger.trainer;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.files.UnfinishedFile;
import io.lossledger.protocol.v1.RunManifest;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A stopped training that can be resumed: network and optimizer in DL4J's model format, and in the same file the
 * manifest of the run, which records the last step.
 *
 * @param model the network, with the state of its optimizer
 * @param run the run that ended here
 */
record Checkpoint(Model model, RunManifest run) {
    private static final String ENTRY = "lossledger-run.json";

    /** Writes the file atomically: an incomplete file never appears under its name. */
    void save(Path file) throws IOException {
        try (UnfinishedFile unfinished = UnfinishedFile.begin(file, true)) {
            ModelSerializer.writeModel(model, unfinished.path().toFile(), true);
            try (FileSystem zip = FileSystems.newFileSystem(unfinished.path())) {
                Files.write(zip.getPath(ENTRY), RowFormat.JSON.serialize(run));
            }
            unfinished.finish();
        }
    }

    /**
     * Reads a file.
     *
     * @param graph whether it holds a graph
     * @throws IllegalArgumentException when it is not a checkpoint of such a network
     */
    static Checkpoint load(Path file, boolean graph) {
        try {
            RunManifest.Builder run = RunManifest.newBuilder();
            try (FileSystem zip = FileSystems.newFileSystem(file)) {
                RowFormat.JSON.merge(Files.readAllBytes(zip.getPath(ENTRY)), run);
            }
            Model model = graph
                    ? ModelSerializer.restoreComputationGraph(file.toFile(), true)
                    : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
            return new Checkpoint(model, run.build());
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "resume: must be a file that --save wrote for this network. Found: " + file + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    e);
        }
    }

    /** The step at which the training resumes. */
    int nextStep() {
        return run.getLastStep() + 1;
    }

    /**
     * Copies parameters, optimizer state and the number of iterations to a newly configured network, so that learning
     * rates and frozen layers may differ from before.
     *
     * @throws IllegalArgumentException when the network has different parameters or a different optimizer
     */
    void restoreTo(Model network) {
        requireSame("network", model.numParams() + " parameters", network.numParams() + " parameters");
        OptimizerState.copy(model, network);
        network.setParams(model.params());
        if (network instanceof ComputationGraph graph) {
            graph.getConfiguration().setIterationCount(nextStep());
        } else {
            ((MultiLayerNetwork) network).getLayerWiseConfigurations().setIterationCount(nextStep());
        }
    }

    static void requireSame(String setting, Object there, Object here) {
        if (!there.equals(here)) {
            throw new IllegalArgumentException(
                    setting + ": must be that of the checkpoint, " + there + ". Found: " + here);
        }
    }
}
