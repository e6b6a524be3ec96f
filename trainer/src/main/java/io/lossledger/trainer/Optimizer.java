package io.lossledger.trainer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** The trainer's optimizers. */
public enum Optimizer {
    SGD {
        @Override
        IUpdater updater(double learningRate, @Nullable ISchedule schedule, double momentum) {
            return schedule == null ? new Sgd(learningRate) : new Sgd(schedule);
        }
    },
    /** Nesterov's momentum. */
    MOMENTUM {
        @Override
        IUpdater updater(double learningRate, @Nullable ISchedule schedule, double momentum) {
            return schedule == null ? new Nesterovs(learningRate, momentum) : new Nesterovs(schedule, momentum);
        }
    },
    RMSPROP {
        @Override
        IUpdater updater(double learningRate, @Nullable ISchedule schedule, double momentum) {
            return schedule == null ? new RmsProp(learningRate) : new RmsProp(schedule);
        }
    },
    ADAM {
        @Override
        IUpdater updater(double learningRate, @Nullable ISchedule schedule, double momentum) {
            return schedule == null ? new Adam(learningRate) : new Adam(schedule);
        }
    };

    /**
     * The update rule in DL4J's terms.
     *
     * @param schedule the learning rate over the steps, which then replaces {@code learningRate}
     * @param momentum used by {@link #MOMENTUM} only
     */
    abstract IUpdater updater(double learningRate, @Nullable ISchedule schedule, double momentum);

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
