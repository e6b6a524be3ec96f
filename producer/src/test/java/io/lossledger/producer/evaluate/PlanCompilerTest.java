package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.plan.PlanCompiler;
import io.lossledger.producer.plan.PlanResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanCompilerTest {
    static Stream<NetworkCase> kinds() {
        return Stream.concat(KindNetworks.all().stream(), KindGraphs.all().stream());
    }

    static Stream<NetworkCase> planned() {
        return Stream.concat(
                kinds().filter(kind -> plan(kind) instanceof PlanResult.Planned), PlanCases.all().stream());
    }

    @ParameterizedTest
    @MethodSource("planned")
    void agreesWithDl4j(NetworkCase network) {
        PlanAgreement.assertAgrees(
                network.network(), network.data().getFeatures(0), network.data().getLabels(0));
    }

    @Test
    void namesUnknownKinds() {
        List<String> refused = kinds().filter(kind -> plan(kind) instanceof PlanResult.Refused)
                .map(kind -> kind + ": " + ((PlanResult.Refused) plan(kind)).reason())
                .toList();

        assertThat(refused)
                .containsExactly(
                        "sigmoid output: OutputLayer layer1 has the loss LossBinaryXENT",
                        "dense with layer norm: DenseLayer layer0 has layer norm",
                        "prelu: PReLULayer layer0 is unknown",
                        "elementwise: ElementWiseMultiplicationLayer layer1 is unknown",
                        "embedding: EmbeddingLayer layer0 is unknown",
                        "deconvolution: Deconvolution2D layer0 is unknown",
                        "depthwise convolution: DepthwiseConvolution2D layer0 is unknown",
                        "separable convolution: SeparableConvolution2D layer0 is unknown",
                        "prelu of channels: PReLULayer layer0 is unknown",
                        "local response: LocalResponseNormalization layer1 is unknown",
                        "upsampling, padding: Upsampling2D layer1 is unknown",
                        "images, channels last: ConvolutionLayer layer0 has channels last",
                        "pixel loss: CnnLossLayer layer1 is unknown",
                        "convolution 3d: Convolution3D layer0 is unknown",
                        "bidirectional ADD: Bidirectional(SimpleRnn) layer0 is unknown",
                        "bidirectional MUL: Bidirectional(SimpleRnn) layer0 is unknown",
                        "bidirectional AVERAGE: Bidirectional(SimpleRnn) layer0 is unknown",
                        "bidirectional CONCAT: Bidirectional(SimpleRnn) layer0 is unknown",
                        "bidirectional lstm: Bidirectional(LSTM) layer0 is unknown",
                        "lstm: LSTM layer0 is unknown",
                        "lstm, hard gates: LSTM layer0 is unknown",
                        "graves lstm: GravesLSTM layer0 is unknown",
                        "graves bidirectional: GravesBidirectionalLSTM layer0 is unknown",
                        "simple rnn: SimpleRnn layer0 is unknown",
                        "time distributed: TimeDistributed(DenseLayer) layer0 is unknown",
                        "masking zeros: MaskZeroLayer(LSTM) layer0 is unknown",
                        "convolution 1d: Convolution1DLayer layer0 is unknown",
                        "rnn loss: SimpleRnn layer0 is unknown",
                        "last time step: LastTimeStep(LSTM) layer0 is unknown",
                        "last step, both ways: LastTimeStep(Bidirectional(SimpleRnn)) layer0 is unknown",
                        "sequence pooling: LSTM layer0 is unknown",
                        "sequences, channels last: LSTM layer0 is unknown",
                        "sequences, channels last: Bidirectional(SimpleRnn) layer0 is unknown",
                        "embedding of sequences: EmbeddingSequenceLayer layer0 is unknown",
                        "frozen: FrozenLayer(DenseLayer) layer1 is unknown",
                        "frozen first: FrozenLayer(DenseLayer) layer0 is unknown",
                        "frozen norm: FrozenLayer(BatchNormalization) layer1 is unknown",
                        "frozen norm with backprop: FrozenLayerWithBackprop(BatchNormalization) layer1 is unknown",
                        "frozen locked norm: FrozenLayerWithBackprop(BatchNormalization) layer1 is unknown",
                        "merged: MergeVertex merge is unknown",
                        "two inputs and outputs: the network has 2 inputs and 2 outputs",
                        "vertices: SubsetVertex subset is unknown",
                        "twins: the network has 2 inputs and 1 outputs",
                        "encoder and decoder: LSTM encoder is unknown",
                        "two embeddings of a word: EmbeddingLayer a is unknown",
                        "frozen graph: FrozenLayer(DenseLayer) frozen is unknown");
    }

    private static PlanResult plan(NetworkCase kind) {
        return PlanCompiler.compile(
                kind.network(), PlanAgreement.example(kind.data().getFeatures(0)));
    }
}
