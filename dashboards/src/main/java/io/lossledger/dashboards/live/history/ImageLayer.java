package io.lossledger.dashboards.live.history;

import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TensorManifest;
import java.util.List;
import java.util.Optional;

/**
 * A first layer whose units see whole images: its input is a square, or three squares for the colours. Immutable.
 *
 * @param tensor index of the weights' tensor in the model
 * @param units number of units
 * @param side width and height of an image in pixels
 * @param channels 1, or 3 for colour
 */
public record ImageLayer(int tensor, int units, int side, int channels) {
    private static final int FEWEST_SIDE = 4;
    private static final long MOST_WEIGHTS = 1 << 22;

    /**
     * Empty when the layer is not the model's first, its weights are not a matrix of units and inputs, or its input is not a
     * square image. Frameworks name kinds of layers as they like; an embedding's inputs are words.
     */
    public static Optional<ImageLayer> of(RunManifest manifest, String layer) {
        if (manifest.getLayersCount() == 0) {
            return Optional.empty();
        }
        LayerManifest first = manifest.getLayers(0);
        if (!first.getLayer().equals(layer) || first.getKind().contains("Embedding")) {
            return Optional.empty();
        }
        for (int tensor = 0; tensor < first.getTensorsCount(); tensor++) {
            TensorManifest weights = first.getTensors(tensor);
            if (weights.getRole() == ParameterRole.PARAMETER_ROLE_WEIGHT
                    && weights.getFirstUnit() == 0
                    && isMatrix(weights, first.getUnits())) {
                return of(tensor, first.getUnits(), weights.getParametersPerUnit());
            }
        }
        return Optional.empty();
    }

    private static boolean isMatrix(TensorManifest weights, int units) {
        List<Integer> shape = weights.getShapeList();
        int inputs = weights.getParametersPerUnit();
        return shape.equals(List.of(units, inputs)) || shape.equals(List.of(inputs, units));
    }

    private static Optional<ImageLayer> of(int tensor, int units, int inputs) {
        if (units <= 0 || (long) units * inputs > MOST_WEIGHTS) {
            return Optional.empty();
        }
        for (int channels = 1; channels <= 3; channels += 2) {
            int side = (int) Math.round(Math.sqrt(inputs / (double) channels));
            if (side >= FEWEST_SIDE && side * side * channels == inputs) {
                return Optional.of(new ImageLayer(tensor, units, side, channels));
            }
        }
        return Optional.empty();
    }

    public int pixels() {
        return side * side;
    }

    public int inputs() {
        return pixels() * channels;
    }
}
