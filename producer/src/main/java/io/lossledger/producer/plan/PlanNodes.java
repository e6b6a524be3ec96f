package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.plan.PlanValue.Form;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** The nodes of a plan under construction. */
final class PlanNodes {
    private final List<Node> nodes = new ArrayList<>();

    List<Node> all() {
        return nodes;
    }

    PlanValue add(Node node, Form form) {
        nodes.add(node);
        return new PlanValue(nodes.size() - 1, form, node.out());
    }

    /**
     * Adds an activation function; nothing for the identity.
     *
     * @param owner the layer, for error messages
     * @throws NotPlannableException when the function is unknown
     */
    PlanValue activate(String owner, IActivation function, PlanValue in) {
        requireRead(owner, in);
        Class<?> kind = function.getClass();
        if (kind == ActivationIdentity.class) {
            return in;
        }
        if (kind == ActivationReLU.class && isPlain((ActivationReLU) function)) {
            return activate(Function.RELU, 0, in);
        }
        if (kind == ActivationLReLU.class && ((ActivationLReLU) function).getAlpha() > 0) {
            return activate(Function.LEAKY_RELU, ((ActivationLReLU) function).getAlpha(), in);
        }
        if (kind == ActivationTanH.class) {
            return activate(Function.TANH, 0, in);
        }
        if (kind == ActivationSigmoid.class) {
            return activate(Function.SIGMOID, 0, in);
        }
        throw new NotPlannableException(owner + " has the activation " + describe(function));
    }

    static void requireRead(String owner, PlanValue in) {
        if (in.form() == Form.OTHER) {
            throw new NotPlannableException(owner + " takes " + in);
        }
    }

    static String describe(IActivation function) {
        String kind = function.getClass().getSimpleName().replaceFirst("^Activation", "");
        return function instanceof ActivationReLU relu && !isPlain(relu) ? kind + " with a limit or slope" : kind;
    }

    private PlanValue activate(Function function, double slope, PlanValue in) {
        return add(new Activation(in.node(), in.shape(), function, slope), in.form());
    }

    /** With a slope or a threshold, even of zero, DL4J uses a different operation, with a different slope at zero. */
    private static boolean isPlain(ActivationReLU relu) {
        return relu.getMax() == null && relu.getThreshold() == null && relu.getNegativeSlope() == null;
    }
}
