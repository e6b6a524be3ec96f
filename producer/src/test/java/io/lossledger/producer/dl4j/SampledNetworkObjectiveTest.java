package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** Samples of networks with batch norm, whose loss depends on what is evaluated together. */
class SampledNetworkObjectiveTest {
    @Test
    void refusesSamplesThatAreNotWholeChunksOfBatchNorm() {
        MultiLayerNetwork network = TestNetworks.convolution(DataType.FLOAT);
        SampleSource source = SampleSource.of(TestNetworks.data(30, 9), 10, 1);

        assertThatThrownBy(() -> LossLedger.to("nowhere:1")
                        .sampled("sampled", source)
                        .attach(network, run -> TestPublishers.intoTheVoid(run.layout())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "objective sampled: half of a sample must be a multiple of chunk-examples, 500, because batch norm"
                                + " takes its statistics over that many examples. Found: 5");
    }

    /** In two chunks, half the sample has the loss of a fixed objective over the same examples. */
    @ParameterizedTest
    @EnumSource(names = {"BLAS", "DL4J"})
    void samplesWithBatchNormHaveTheLossOfFixedObjectives(EvaluatorChoice choice) {
        MultiLayerNetwork network = TestNetworks.convolution(DataType.FLOAT);
        FlatVector at = FlatVector.of(FlatArrays.toDoubles(network.params()));
        List<DataSet> halves = List.of(TestNetworks.data(10, 1), TestNetworks.data(10, 2));
        SampleSource source = new SampleSource() {
            @Override
            public int examples() {
                return 20;
            }

            @Override
            public int sampleExamples() {
                return 20;
            }

            @Override
            public List<DataSet> draw() {
                return halves;
            }
        };
        try (EvaluationPool pool = new EvaluationPool(network, 2, ElementType.ELEMENT_TYPE_FLOAT64, choice, true, 5)) {
            var sampled = pool.sampled("sampled", 1, source).draw().evaluate(at);
            var fixed = pool.objective("train", 1, halves.get(1)).evaluate(at);

            assertThat(sampled.second().loss()).isCloseTo(fixed.loss(), within(1e-14));
            assertThat(sampled.second().gradient().toDoubles())
                    .containsExactly(fixed.gradient().toDoubles(), within(1e-14));
        }
    }

    /** The other source gives the same samples as data sets, which are copied and cast. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"ELEMENT_TYPE_FLOAT32", "ELEMENT_TYPE_FLOAT64"})
    void readsTheSameExamplesInPlace(ElementType type) {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        DataSet data = TestNetworks.data(30, 9);
        assertThat(data.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
        FlatVector at = FlatVector.of(type, FlatArrays.toDoubles(network.params()));
        try (EvaluationPool pool = new EvaluationPool(network, 2, type)) {
            SampledObjective copied = pool.sampled("copied", 1, copying(SampleSource.of(data, 10, 1)));
            DataSet emptied = TestNetworks.data(30, 9);
            SampledObjective inPlace = pool.sampled("in place", 1, SampleSource.of(emptied, 10, 1));
            emptied.setFeatures(null); // a copy would need them
            assertThat(pool.evaluatorName()).contains("blas");
            for (int draw = 0; draw < 5; draw++) {
                var found = inPlace.draw().evaluate(at);
                var expected = copied.draw().evaluate(at);
                assertThat(found.first().loss()).isEqualTo(expected.first().loss());
                assertThat(found.second()
                                .gradient()
                                .hasElementsOf(expected.second().gradient()))
                        .isTrue();
            }
        }
    }

    /** 35 examples in pieces of 5 are three portions and a half; samples between them reorder the source. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evaluatesTheWholeSetInPortions(boolean inPlace) {
        ElementType type = ElementType.ELEMENT_TYPE_FLOAT64;
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        DataSet data = TestNetworks.data(35, 9);
        FlatVector at = FlatVector.of(type, FlatArrays.toDoubles(network.params()));
        try (EvaluationPool pool = new EvaluationPool(network, 2, type)) {
            SampleSource source = SampleSource.of(data, 10, 1);
            SampledObjective sampled = pool.sampled("sampled", 1, inPlace ? source : copying(source));
            var pass = sampled.evaluateAll(at).orElseThrow();
            for (int portion = 0; portion < 3; portion++) {
                assertThat(pass.advance(1)).isEmpty();
                sampled.draw();
            }
            var whole = pass.advance(1).orElseThrow();
            var fixed = pool.objective("train", 1, data).evaluate(at);
            assertThat(whole.loss()).isCloseTo(fixed.loss(), within(1e-14));
            assertThat(whole.gradient().toDoubles())
                    .containsExactly(fixed.gradient().toDoubles(), within(1e-14));
        }
    }

    /** A pass that samples have disturbed would bias every later step. */
    @Test
    void doesWithoutAWholeSetThatIsNotWhole() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
        DataSet data = TestNetworks.data(30, 9);
        FlatVector at = FlatVector.of(FlatArrays.toDoubles(network.params()));
        SampleSource incomplete = copying(SampleSource.of(data, 10, 1), 2);
        try (EvaluationPool pool = new EvaluationPool(network, 2, ElementType.ELEMENT_TYPE_FLOAT64)) {
            SampledObjective sampled = pool.sampled("sampled", 1, incomplete);
            var pass = sampled.evaluateAll(at).orElseThrow();
            for (int portion = 0; portion < 10; portion++) {
                assertThat(pass.advance(1)).isEmpty();
            }
            assertThat(pass.hasEnded()).isTrue();
            assertThat(sampled.evaluateAll(at)).isEmpty();
        }
    }

    private static SampleSource copying(SampleSource source) {
        return copying(source, Integer.MAX_VALUE);
    }

    private static SampleSource copying(SampleSource source, int mostPieces) {
        return new SampleSource() {
            @Override
            public int examples() {
                return source.examples();
            }

            @Override
            public int sampleExamples() {
                return source.sampleExamples();
            }

            @Override
            public List<DataSet> draw() {
                return source.draw();
            }

            @Override
            public Iterator<DataSet> all() {
                return StreamSupport.stream(Spliterators.spliteratorUnknownSize(source.all(), 0), false)
                        .limit(mostPieces)
                        .iterator();
            }
        };
    }

    /** With batch norm the loss over fixed pieces is another than the mean over samples, so there is nothing to lean on. */
    @Test
    void omitsTheAnchorWithBatchNorm() {
        DataSet data = TestNetworks.data(30, 9);
        for (MultiLayerNetwork network :
                List.of(TestNetworks.dense(DataType.FLOAT, 0, 1), TestNetworks.convolution(DataType.FLOAT))) {
            try (EvaluationPool pool =
                    new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64, EvaluatorChoice.AUTO, true, 5)) {
                boolean batchNorm = network.getnLayers() == 5;
                assertThat(pool.sampled("all", 1, SampleSource.of(data, 10, 1))
                                .evaluateAll(FlatVector.of(FlatArrays.toDoubles(network.params())))
                                .isEmpty())
                        .isEqualTo(batchNorm);
            }
        }
    }
}
