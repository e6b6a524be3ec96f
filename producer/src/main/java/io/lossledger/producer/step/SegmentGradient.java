package io.lossledger.producer.step;

import java.util.List;
import java.util.Optional;

/** An objective's gradient along a segment, in one of the forms of the contract. */
public sealed interface SegmentGradient {
    /** All vectors that are sent. */
    List<FlatVector> vectors();

    /**
     * The gradients themselves: any rule can be applied to them later.
     *
     * @param nodes gradients at s = 0, 1/n, …, 1; empty where one was not computed
     */
    record Nodes(List<Optional<FlatVector>> nodes) implements SegmentGradient {
        public Nodes {
            nodes = List.copyOf(nodes);
        }

        @Override
        public List<FlatVector> vectors() {
            return nodes.stream().flatMap(Optional::stream).toList();
        }
    }

    /**
     * Their mean according to a rule; its size does not depend on the number of nodes.
     *
     * @param rule name of the rule, such as {@code simpson-8}
     * @param mean mean according to that rule
     * @param coarseMean mean according to the next coarser rule
     */
    record Averaged(String rule, FlatVector mean, FlatVector coarseMean) implements SegmentGradient {
        @Override
        public List<FlatVector> vectors() {
            return List.of(mean, coarseMean);
        }
    }
}
