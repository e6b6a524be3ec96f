package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.plan.PlanCompiler;
import io.lossledger.producer.plan.PlanResult;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the evaluator of a network, and checks that DL4J's gradient is the slope of DL4J's loss and that any other
 * evaluator agrees with DL4J's layers.
 *
 * @param network a network that meets {@link NetworkRequirements}
 * @param threads number of evaluation threads, at least 1
 * @param type precision of the evaluation
 * @param verify whether anything is checked
 * @param fast creates evaluators of plans
 */
record EvaluatorSelection(
        Model network, int threads, ElementType type, EvaluatorChoice choice, boolean verify, PlanEvaluators fast) {

    private static final Logger log = LoggerFactory.getLogger(EvaluatorSelection.class);
    private static final ElementType FLOAT64 = ElementType.ELEMENT_TYPE_FLOAT64;
    private static final int MOST_EXAMPLES = 64;
    private static final int LEAST_EXAMPLES = 4;
    /** The operations that DL4J's layers perform in a few seconds. */
    private static final double OPERATIONS = 3e9;
    /** Roughly how much faster the evaluator of a plan is. */
    private static final double TIMES_FASTER = 20;
    /** Roughly how long finite differences may take when DL4J's layers compute them. */
    private static final double SECONDS = 5;

    /**
     * @param data the first data set of the ledger: gives the shape of the network's input, and the examples for the
     *     checks
     * @throws IllegalArgumentException when DL4J's gradient is not the slope of the loss, or BLAS was requested but
     *     does not support the network or computes something different
     * @throws RuntimeException when the network cannot evaluate the data
     */
    GradientEvaluator choose(Batch data) {
        NetworkPlan plan = plan(data);
        if (!verify) {
            return chosen(plan == null ? layers() : orLayers(plan));
        }
        try (LayerReference reference = reference(data, plan)) {
            if (reference == null) {
                return chosen(plan == null ? layers() : orLayers(plan));
            }
            requireFinite(reference.evaluation().loss());
            log.info("Checking gradients on {} examples", reference.sample().examples());
            GradientEvaluator evaluator = plan == null ? null : agreeing(plan, reference);
            if (plan == null || evaluator == null) {
                requireSlope(reference, reference::loss);
                return chosen(layers());
            }
            try {
                requireSlope(plan, reference);
            } catch (RuntimeException | Error e) {
                evaluator.close();
                throw e;
            }
            return chosen(evaluator);
        }
    }

    /**
     * Checks later data of a different kind than the first, on DL4J's layers.
     *
     * @throws IllegalArgumentException when DL4J's gradient is not the slope of the loss
     */
    void check(Batch data) {
        if (verify) {
            try (LayerReference reference = reference(data, null)) {
                if (reference != null) {
                    requireFinite(reference.evaluation().loss());
                    requireSlope(reference, reference::loss);
                }
            }
        }
    }

    /** @throws IllegalArgumentException when the loss is not finite */
    static void requireFinite(double loss) {
        if (!Double.isFinite(loss)) {
            throw new IllegalArgumentException(
                    "loss: must be finite at the parameters that the network has. Found: " + loss);
        }
    }

    /** Null when DL4J's layers must evaluate. */
    private @Nullable NetworkPlan plan(Batch data) {
        if (choice == EvaluatorChoice.DL4J) {
            return null;
        }
        if (data.hasMasks()) {
            sayLayers("the data have mask arrays");
            return null;
        }
        PlanResult result = PlanCompiler.compile(network, data.exampleShape());
        if (result instanceof PlanResult.Refused refused) {
            sayLayers(refused.reason());
            return null;
        }
        return ((PlanResult.Planned) result).plan();
    }

    /** Null when float64 is not possible but the evaluation's own precision is. */
    private @Nullable LayerReference reference(Batch data, @Nullable NetworkPlan plan) {
        Batch sample = data.sample(plan == null ? LEAST_EXAMPLES : examples(plan));
        try {
            LayerReference reference = new LayerReference(network, sample);
            return plan == null ? affordable(reference, data) : reference;
        } catch (RuntimeException | OutOfMemoryError e) {
            if (type == FLOAT64 || !canEvaluate(sample)) {
                throw e;
            }
            log.warn(
                    "The gradients of this network are not checked, because DL4J cannot evaluate it in float64: {}",
                    e.getMessage());
            return null;
        }
    }

    /**
     * The number of examples: a check costs one gradient with DL4J's layers, and two losses per tensor with the plan.
     */
    private int examples(NetworkPlan plan) {
        int losses = 2 * NetworkLayout.of(network).tensors().size();
        double operations = plan.operations() * (1 + losses / TIMES_FASTER);
        return (int) Math.max(LEAST_EXAMPLES, Math.min(MOST_EXAMPLES, OPERATIONS / operations));
    }

    private boolean canEvaluate(Batch sample) {
        try (LayerEvaluator evaluator = new LayerEvaluator(network, 1, type);
                PreparedData prepared = evaluator.prepare(sample, sample.examples())) {
            evaluator.evaluate(prepared, FlatVector.of(type, FlatArrays.toDoubles(network.params())));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** A reference with more examples if finite differences are fast, or the same one. */
    private LayerReference affordable(LayerReference reference, Batch data) {
        long start = System.nanoTime();
        double unused = reference.loss(reference.point());
        double seconds =
                (System.nanoTime() - start) / 1e9 * 2 * reference.tensors().size();
        int examples = reference.sample().examples();
        int affordable = (int) Math.min(MOST_EXAMPLES, examples * SECONDS / seconds);
        if (affordable <= examples || examples == data.examples() || Double.isNaN(unused)) {
            return reference;
        }
        try {
            LayerReference larger = new LayerReference(network, data.sample(affordable));
            reference.close();
            return larger;
        } catch (RuntimeException | OutOfMemoryError e) {
            log.debug("Checking gradients on {} examples, because {} cannot be evaluated", examples, affordable, e);
            return reference;
        }
    }

    /** Uses the loss of a plan if it agrees with DL4J's layers, because it is far cheaper than theirs. */
    private void requireSlope(NetworkPlan plan, LayerReference reference) {
        try (GradientEvaluator twin = fast.of(plan, threads, FLOAT64);
                PreparedData prepared = twin.prepare(
                        reference.sample().in(DataType.DOUBLE),
                        reference.sample().examples())) {
            requireSlope(
                    reference, at -> twin.evaluate(prepared, FlatVector.of(at)).loss());
        }
    }

    private static void requireSlope(LayerReference reference, ToDoubleFunction<double[]> loss) {
        Optional<String> fault = SlopeCheck.fault(reference, loss);
        if (fault.isPresent()) {
            throw new IllegalArgumentException("network: must have the slope of its loss as its gradient."
                    + " Found, by finite differences: " + fault.get());
        }
    }

    /** An evaluator of the plan, if it agrees with DL4J's layers; null when they must evaluate instead. */
    private @Nullable GradientEvaluator agreeing(NetworkPlan plan, LayerReference reference) {
        GradientEvaluator evaluator = open(plan);
        if (evaluator == null) {
            return null;
        }
        String found;
        RuntimeException failure = null;
        try {
            EvaluatorCheck check = EvaluatorCheck.of(evaluator, type, reference);
            if (check.agrees() && type != FLOAT64) {
                try (GradientEvaluator twin = fast.of(plan, threads, FLOAT64)) {
                    check = EvaluatorCheck.of(twin, FLOAT64, reference);
                }
            }
            if (check.agrees()) {
                return evaluator;
            }
            found = check.toString();
        } catch (OutOfMemoryError | LinkageError e) {
            evaluator.close();
            sayLayers("it cannot be checked: " + e);
            return null;
        } catch (RuntimeException e) {
            found = String.valueOf(e.getMessage());
            failure = e;
        }
        evaluator.close();
        String disagreement = "evaluator: must agree with DL4J's layers. Found: " + evaluator.name() + ", " + found;
        if (choice == EvaluatorChoice.BLAS) {
            throw new IllegalArgumentException(disagreement, failure);
        }
        log.warn("{}. Losses and gradients are evaluated by dl4j", disagreement, failure);
        return null;
    }

    private GradientEvaluator orLayers(NetworkPlan plan) {
        GradientEvaluator evaluator = open(plan);
        return evaluator == null ? layers() : evaluator;
    }

    /** Null when the library cannot be loaded or there is not enough memory. */
    private @Nullable GradientEvaluator open(NetworkPlan plan) {
        try {
            return fast.of(plan, threads, type);
        } catch (LinkageError e) {
            sayLayers("the BLAS library cannot be loaded: " + e);
        } catch (OutOfMemoryError e) {
            sayLayers("there is not enough memory (-Xmx): " + e.getMessage());
        }
        return null;
    }

    /** @throws IllegalArgumentException when BLAS was requested */
    private void sayLayers(String reason) {
        if (choice == EvaluatorChoice.BLAS) {
            throw new IllegalArgumentException(
                    "evaluator: must be dl4j or auto for this network, because " + reason + ". Found: blas");
        }
        log.info("DL4J's layers must evaluate, because {}", reason);
    }

    private GradientEvaluator layers() {
        return new LayerEvaluator(network, threads, type);
    }

    private static GradientEvaluator chosen(GradientEvaluator evaluator) {
        log.info("{} evaluates losses and gradients", evaluator.name());
        return evaluator;
    }
}
