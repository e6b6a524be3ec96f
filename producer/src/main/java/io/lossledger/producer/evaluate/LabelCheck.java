package io.lossledger.producer.evaluate;

import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.plan.ExactLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the labels of a cross entropy after a softmax. DL4J's gradient p − y is the slope of that loss only if the
 * labels of an example sum to one. The ledger corrects DL4J's own losses, so that their books are right for any labels,
 * and warns about the training. For a user's subclass such labels are refused. Immutable.
 */
final class LabelCheck {
    private static final Logger log = LoggerFactory.getLogger(LabelCheck.class);
    private static final double ROUNDING = 1e-3;

    /** The loss of each output whose labels must sum to one. */
    private final List<Optional<ILossFunction>> losses;
    /** The dimension of the classes for each output. */
    private final List<Integer> dimensions;

    private LabelCheck(List<Optional<ILossFunction>> losses, List<Integer> dimensions) {
        this.losses = losses;
        this.dimensions = dimensions;
    }

    static LabelCheck of(Model network) {
        List<Optional<ILossFunction>> losses = new ArrayList<>();
        List<Integer> dimensions = new ArrayList<>();
        for (Layer output : NetworkRequirements.outputs(network)) {
            boolean channelsLast =
                    output instanceof RnnOutputLayer sequences && sequences.getRnnDataFormat() == RNNFormat.NWC;
            dimensions.add(channelsLast ? 2 : 1);
            losses.add(Optional.ofNullable(NetworkRequirements.lossFunction(output))
                    .filter(loss -> loss instanceof LossMCXENT entropy && entropy.getWeights() == null)
                    .filter(loss -> !(loss instanceof LossSparseMCXENT)) // its labels are class indices
                    .filter(loss ->
                            output instanceof BaseLayer layer && layer.getActivationFn() instanceof ActivationSoftmax));
        }
        return new LabelCheck(losses, dimensions);
    }

    /** @throws IllegalArgumentException when a loss other than DL4J's own has labels that do not sum to one */
    void check(String owner, Batch data) {
        for (int output = 0; output < losses.size(); output++) {
            ILossFunction loss = losses.get(output).orElse(null);
            if (loss == null) {
                continue;
            }
            long others = others(data.labels()[output], data.labelsMasks()[output], dimensions.get(output));
            if (others > 0 && !ExactLoss.corrects(loss)) {
                throw new IllegalArgumentException(owner + ": labels must sum to one, because DL4J's gradient of "
                        + loss.getClass().getSimpleName() + " behind a softmax may be wrong for other labels. Found: "
                        + others
                        + " that do not");
            }
            if (others > 0) {
                log.warn(
                        "{}: {} labels do not sum to one. The ledger books the loss correctly, but DL4J trains on p - y, which is"
                                + " not its slope there. Use labels that sum to one, with a mask or weights in the loss, to avoid this",
                        owner,
                        others);
            }
        }
    }

    /** The number of label rows or time steps that are not masked and do not sum to one. */
    private static long others(INDArray labels, @Nullable INDArray mask, int dimension) {
        if (labels.rank() <= dimension) {
            return 0;
        }
        INDArray off = labels.sum(dimension).subi(1);
        if (mask != null && mask.length() == off.length()) {
            off.muli(mask.reshape(off.shape()));
        }
        return off.scan(Conditions.absGreaterThan(ROUNDING)).longValue();
    }
}
