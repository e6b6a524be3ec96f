package io.lossledger.dashboards.live;

import com.google.protobuf.Message;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;

/** Rows of a run in which every layer's LCA is −1/1024 in each step, exactly, and the residual grows by 2⁻²⁰. */
final class SyntheticRows {
    static final double LAYER_LCA = -1.0 / 1024;
    static final double RESIDUAL = 0x1p-20;

    private SyntheticRows() {}

    static RunManifest manifest(String run, int layers) {
        RunManifest.Builder manifest = RunManifest.newBuilder().setRun(run);
        for (int layer = 0; layer < layers; layer++) {
            manifest.addLayersBuilder().setLayer("layer-" + layer);
        }
        return manifest.build();
    }

    static StepRow step(int step, int layers) {
        double cumulative = (step + 1) * layers * LAYER_LCA;
        double residual = (step + 1) * RESIDUAL;
        return StepRow.newBuilder()
                .setStep(step)
                .setTime(Timestamps.fromMillis(1_700_000_000_000L + 10L * step))
                .setObjective("train")
                .setLossStart(8 + cumulative - layers * LAYER_LCA)
                .setLossEnd(8 + cumulative + residual)
                .setCumulativeLca(cumulative)
                .setCumulativeLossChange(cumulative + residual)
                .setCumulativeResidual(residual)
                .setHelpedParameters(6)
                .setHurtParameters(2)
                .setZeroParameters(2)
                .setStepsBooked(step + 1)
                .setMinibatchLoss(step % 2)
                .setLearningRate(0.125)
                .build();
    }

    static LayerRow layer(int step, int layer) {
        return LayerRow.newBuilder()
                .setStep(step)
                .setObjective("train")
                .setLayer("layer-" + layer)
                .setLayerIndex(layer)
                .setParameters(10)
                .setLca(LAYER_LCA)
                .setHelp(2 * LAYER_LCA)
                .setHarm(-LAYER_LCA)
                .setCumulativeLca((step + 1) * LAYER_LCA)
                .build();
    }

    static void feed(RunFeed feed, LedgerTopic topic, Message row, RowFormat format) {
        feed.accept(topic.named("lossledger."), format.serialize(row));
    }

    static void feedStep(RunFeed feed, int step, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            feed(feed, LedgerTopic.LAYER, layer(step, layer), RowFormat.PROTOBUF);
        }
        feed(feed, LedgerTopic.STEP, step(step, layers), RowFormat.PROTOBUF);
    }
}
