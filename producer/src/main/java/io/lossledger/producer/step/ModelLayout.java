package io.lossledger.producer.step;

import java.util.Comparator;
import java.util.List;

/**
 * The booked parameter tensors, in the order in which they are numbered and merged. Parameters of the flat vector
 * outside all tensors (running statistics) are not booked. Immutable.
 *
 * @param vectorLength length of the flat parameter vector
 * @param tensors the tensors, in layer order
 */
public record ModelLayout(int vectorLength, List<TensorLayout> tensors) {

    /** @throws IllegalArgumentException when there are no tensors, they overlap, or they exceed the vector */
    public ModelLayout {
        tensors = List.copyOf(tensors);
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("model.tensors: must hold at least one tensor. Found: none");
        }
        int end = 0;
        for (TensorLayout tensor : tensors.stream()
                .sorted(Comparator.comparingInt(TensorLayout::offset))
                .toList()) {
            if (tensor.offset() < end || tensor.count() > vectorLength - tensor.offset()) {
                throw new IllegalArgumentException("model.tensors: must fit without overlap within " + vectorLength
                        + " parameters. Found: " + tensor.name() + " from " + tensor.offset() + ", "
                        + tensor.count() + " parameters");
            }
            end = tensor.offset() + tensor.count();
        }
    }

    /** The number of booked parameters. */
    public long parameters() {
        return tensors.stream().mapToLong(TensorLayout::count).sum();
    }
}
