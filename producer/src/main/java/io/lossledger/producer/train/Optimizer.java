package io.lossledger.producer.train;

import java.util.Locale;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The optimizers that the trainer offers, each with the learning rate that suits the digits. */
public enum Optimizer {
    SGD(0.05) {
        @Override
        IUpdater updater(double learningRate) {
            return new Sgd(learningRate);
        }
    },
    /** Nesterov's momentum of 0.9. */
    MOMENTUM(0.02) {
        @Override
        IUpdater updater(double learningRate) {
            return new Nesterovs(learningRate, 0.9);
        }
    },
    ADAM(0.001) {
        @Override
        IUpdater updater(double learningRate) {
            return new Adam(learningRate);
        }
    };

    private final double defaultLearningRate;

    Optimizer(double defaultLearningRate) {
        this.defaultLearningRate = defaultLearningRate;
    }

    public double defaultLearningRate() {
        return defaultLearningRate;
    }

    abstract IUpdater updater(double learningRate);

    /** As it stands in the run's manifest. */
    String describe(double learningRate) {
        return name().toLowerCase(Locale.ROOT) + "(learning-rate=" + learningRate + ")";
    }
}
