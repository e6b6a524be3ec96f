package io.lossledger.producer.train;

import io.lossledger.producer.data.GeneratedDigits;
import io.lossledger.producer.data.GeneratedShapes;
import io.lossledger.producer.data.ImageSet;
import io.lossledger.producer.dl4j.PlanAgreement;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;

/** The networks of the trainer have plans that agree with DL4J. */
class PresetPlanTest {
    @ParameterizedTest
    @EnumSource
    void agreesWithDl4j(Preset preset) {
        ImageSet images = preset.takesColour()
                ? GeneratedShapes.generate(1, 20, 1).train()
                : GeneratedDigits.generatePortable(1, 20, 1).train();
        Model network = Networks.create(ModelSettings.of(preset, Optimizer.SGD), images, 1);
        DataSet examples = TrainingSet.rows(images, new int[] {0, 1});
        PlanAgreement.assertAgrees(network, examples.getFeatures(), examples.getLabels());
    }
}
