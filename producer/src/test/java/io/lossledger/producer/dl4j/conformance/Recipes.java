package io.lossledger.producer.dl4j.conformance;

import java.util.List;
import java.util.stream.Stream;

/** All trainings that show what a ledger does with the classes of DL4J. */
final class Recipes {
    private Recipes() {}

    static List<Recipe> all() {
        return Stream.of(
                        RowRecipes.all(),
                        ImageRecipes.all(),
                        VolumeRecipes.all(),
                        SequenceRecipes.all(),
                        WrapperRecipes.all(),
                        SameDiffRecipes.all(),
                        VertexRecipes.all(),
                        PreprocessorRecipes.all(),
                        FunctionRecipes.all(),
                        NoiseRecipes.all(),
                        UpdaterRecipes.all(),
                        TrainingRecipes.all(),
                        GraphRecipes.all(),
                        MaskRecipes.all(),
                        FormatRecipes.all(),
                        LossRecipes.all())
                .flatMap(List::stream)
                .toList();
    }
}
