package io.lossledger.producer.dl4j;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.protocol.v1.ElementType;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses what evaluates a network.
 *
 * @param network one that {@link NetworkRequirements} has let pass
 * @param threads threads that evaluate, at least 1
 * @param type precision of the evaluation
 * @param verify whether a choice other than DL4J's layers is compared with them first
 * @param fast makes evaluators of plans
 */
record EvaluatorSelection(
        Model network, int threads, ElementType type, EvaluatorChoice choice, boolean verify, PlanEvaluators fast) {

    private static final Logger log = LoggerFactory.getLogger(EvaluatorSelection.class);

    /**
     * @param data the first data set of the ledger: says what the network is fed with, and is what evaluators are compared on
     * @throws IllegalArgumentException when BLAS was asked for, and does not know the network or computes something else
     */
    GradientEvaluator choose(Batch data) {
        if (choice == EvaluatorChoice.DL4J) {
            log.info("Losses and gradients are evaluated by dl4j");
            return layers();
        }
        PlanResult result = PlanCompiler.compile(network, data.exampleShape());
        if (result instanceof PlanResult.Refused refused) {
            return layersBecause(refused.reason());
        }
        NetworkPlan plan = ((PlanResult.Planned) result).plan();
        GradientEvaluator evaluator;
        try {
            evaluator = fast.of(plan, threads, type);
        } catch (LinkageError e) {
            return layersBecause("the BLAS library cannot be loaded: " + e);
        } catch (OutOfMemoryError e) {
            return layersBecause("there is not enough memory (-Xmx): " + e.getMessage());
        }
        return verify ? verified(evaluator, plan, data) : chosen(evaluator);
    }

    private GradientEvaluator verified(GradientEvaluator evaluator, NetworkPlan plan, Batch data) {
        String found;
        @Nullable RuntimeException failure = null;
        try {
            EvaluatorCheck check = EvaluatorCheck.of(evaluator, plan.operations(), network, type, data);
            if (check.agrees()) {
                return chosen(evaluator);
            }
            found = check.toString();
        } catch (RuntimeException e) {
            found = String.valueOf(e.getMessage());
            failure = e;
        }
        evaluator.close();
        if (choice == EvaluatorChoice.BLAS) {
            throw new IllegalArgumentException(disagreement(evaluator, found), failure);
        }
        log.warn("{}. Losses and gradients are evaluated by dl4j", disagreement(evaluator, found), failure);
        return layers();
    }

    private static String disagreement(GradientEvaluator evaluator, String found) {
        return "evaluator: must agree with DL4J's layers. Found: " + evaluator.name() + ", " + found;
    }

    private GradientEvaluator chosen(GradientEvaluator evaluator) {
        log.info("Losses and gradients are evaluated by {}", evaluator.name());
        return evaluator;
    }

    private GradientEvaluator layersBecause(String reason) {
        if (choice == EvaluatorChoice.BLAS) {
            throw new IllegalArgumentException(
                    "evaluator: must be dl4j or auto for this network, because " + reason + ". Found: blas");
        }
        log.info("Losses and gradients are evaluated by dl4j, because {}", reason);
        return layers();
    }

    private GradientEvaluator layers() {
        return new LayerEvaluator(network, threads, type);
    }
}
