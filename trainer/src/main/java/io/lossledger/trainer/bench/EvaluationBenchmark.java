package io.lossledger.trainer.bench;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.StratifiedSample;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.TrainingSet;
import io.lossledger.trainer.data.ImageSet;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Evaluates a freshly initialised preset network in the same way as a training: one gradient over all images, or one
 * for each class. Does not train. Used by one thread.
 */
public final class EvaluationBenchmark implements AutoCloseable {
    private final EvaluationSettings settings;
    private final TrainingSet data;
    private final int[] sample;
    private final Model network;
    private final FlatVector parameters;
    private final EvaluationPool pool;
    private final List<Objective> whole;
    private List<Objective> classes = List.of();

    /**
     * Reads or generates the images and creates the network.
     *
     * @throws IOException when the data set cannot be read
     * @throws IllegalArgumentException when the network does not accept such images, or the evaluator does not support
     *     the network
     */
    public EvaluationBenchmark(EvaluationSettings settings) throws IOException {
        this.settings = settings;
        this.data = load(settings);
        this.sample = StratifiedSample.of(data.train(), settings.examples(), settings.seed());
        ModelSettings model = ModelSettings.of(settings.network(), ModelSettings.DEFAULT_OPTIMIZER);
        this.network = Networks.create(model, data.train(), settings.seed());
        this.parameters = flat(network.params(), settings.type());
        this.pool = new EvaluationPool(
                network, settings.threads(), settings.type(), settings.evaluator(), true, settings.chunkExamples());
        try {
            this.whole = objectives(ObjectiveChoice.TRAIN);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /**
     * One evaluation.
     *
     * @param nanos its duration
     * @param loss mean loss over all images
     * @param gradient gradient with respect to the flat parameters, in the precision of the evaluation
     */
    public record Result(long nanos, double loss, FlatVector gradient) {}

    /** The name of the evaluator. */
    public String evaluator() {
        return pool.evaluatorName().orElseThrow();
    }

    /** Evaluates the mean loss over all images, and its gradient. */
    public Result evaluate() {
        return evaluate(whole);
    }

    /**
     * Evaluates the mean losses over the images of each class, and their gradients. The result is their weighted sum: without
     * batch norm, the loss over all images.
     *
     * @throws IllegalArgumentException when a class has no image
     */
    public Result evaluateClasses() {
        if (classes.isEmpty()) {
            classes = objectives("classes");
        }
        return evaluate(classes);
    }

    /** The images, in the order in which they are cut into chunks. */
    public int[] sample() {
        return sample.clone();
    }

    /** The set that the images are drawn from. */
    public ImageSet images() {
        return data.train();
    }

    /** The number of examples evaluated together; with batch norm, those of a batch. */
    public int chunkExamples() {
        return EvaluationPool.chunkExamples(whole.get(0));
    }

    /** The parameters at which the gradient is evaluated. */
    public FlatVector parameters() {
        return parameters;
    }

    public ModelLayout layout() {
        return NetworkLayout.of(network);
    }

    /** The layers with the shapes of their tensors, in the order of {@link #layout}. */
    public List<LayerManifest> layers() {
        return NetworkLayout.manifest(network);
    }

    @Override
    public void close() {
        pool.close();
    }

    private static TrainingSet load(EvaluationSettings settings) throws IOException {
        if (settings.data().isEmpty() && settings.examples() > 0) {
            return TrainingSet.generated(settings.network(), settings.examples(), settings.seed());
        }
        return TrainingSet.load(settings.data(), settings.network(), TrainSettings.DEFAULT_BATCH_SIZE, settings.seed());
    }

    private static FlatVector flat(INDArray parameters, ElementType type) {
        return FlatVector.of(type, parameters.toDoubleVector());
    }

    private List<Objective> objectives(String name) {
        return new ObjectiveChoice(List.of(name))
                .over(data, sample.length, 0, settings.seed(), pool).stream()
                        .map(Objective.class::cast)
                        .toList();
    }

    private Result evaluate(List<Objective> objectives) {
        long start = System.nanoTime();
        List<Objective.Evaluation> evaluations = objectives.stream()
                .map(objective -> objective.evaluate(parameters))
                .toList();
        long nanos = System.nanoTime() - start;
        if (objectives.size() == 1) {
            return new Result(
                    nanos, evaluations.get(0).loss(), evaluations.get(0).gradient());
        }
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (int i = 0; i < objectives.size(); i++) {
            double weight = objectives.get(i).weight();
            loss += weight * evaluations.get(i).loss();
            evaluations.get(i).gradient().addScaledTo(gradient, weight);
        }
        return new Result(nanos, loss, FlatVector.of(settings.type(), gradient));
    }
}
