package io.lossledger.producer.dl4j.conformance;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.InverseSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.RampSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.SigmoidSchedule;
import org.nd4j.linalg.schedule.StepSchedule;

/** Optimizers and schedules. */
final class UpdaterRecipes {
    private static final double RATE = 0.05;

    private UpdaterRecipes() {}

    static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>();
        for (IUpdater updater : List.of(
                new Sgd(RATE),
                new Nesterovs(RATE, 0.9),
                new Adam(RATE),
                new AMSGrad(RATE),
                new AdaMax(RATE),
                new Nadam(RATE),
                new AdaGrad(RATE),
                new AdaDelta(),
                new RmsProp(RATE),
                new NoOp())) {
            recipes.add(updater(updater.getClass(), updater));
        }
        recipes.add(updater(AdaBelief.class, new AdaBelief(RATE))
                .expect(Expectation.broken(ArrayIndexOutOfBoundsException.class, "Index 1 out of bounds")));
        for (ISchedule schedule : List.of(
                new CycleSchedule(ScheduleType.ITERATION, RATE, 10),
                new ExponentialSchedule(ScheduleType.ITERATION, RATE, 0.9),
                new FixedSchedule(RATE),
                new InverseSchedule(ScheduleType.ITERATION, RATE, 0.9, 1),
                new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, RATE)
                        .add(2, RATE / 2)
                        .build(),
                new PolySchedule(ScheduleType.ITERATION, RATE, 1, 10),
                new RampSchedule(new FixedSchedule(RATE), 3),
                new SigmoidSchedule(ScheduleType.ITERATION, RATE, 0.9, 2),
                new StepSchedule(ScheduleType.ITERATION, RATE, 0.5, 2))) {
            recipes.add(updater(schedule.getClass(), new Sgd(schedule)));
        }
        return recipes;
    }

    private static Recipe updater(Class<?> of, IUpdater updater) {
        return NoiseRecipes.rows(of, "", settings -> settings.updater(updater.clone()));
    }
}
