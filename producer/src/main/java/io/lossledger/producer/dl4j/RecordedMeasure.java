package io.lossledger.producer.dl4j;

import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.MeasureSettings.Rule;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.RunManifest;
import java.util.Arrays;

/** How the manifest of a recorded run says that it is to be measured. Stateless. */
public final class RecordedMeasure {
    private RecordedMeasure() {}

    /** @throws IllegalArgumentException when the manifest says something that this version does not know */
    public static MeasureSettings of(RunManifest recorded) {
        Rule rule = Arrays.stream(Rule.values())
                .filter(known -> known.coarsest().equals(recorded.getRule()))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("rule: must be simpson-2 or first-order. Found: "
                        + recorded.getRule() + " in the manifest of run " + recorded.getRun()));
        boolean refines = recorded.getMaxSplits() > MeasureSettings.DEFAULT.maxSplits();
        ElementType type = recorded.getElementType() == ElementType.ELEMENT_TYPE_FLOAT64
                ? ElementType.ELEMENT_TYPE_FLOAT64
                : ElementType.ELEMENT_TYPE_FLOAT32;
        return new MeasureSettings(
                type,
                rule,
                Math.max(MeasureSettings.DEFAULT.maxSplits(), recorded.getMaxSplits()),
                refines ? recorded.getAbsoluteTolerance() : MeasureSettings.DEFAULT_ABSOLUTE_TOLERANCE,
                refines ? recorded.getRelativeTolerance() : MeasureSettings.DEFAULT_RELATIVE_TOLERANCE,
                recorded.getMaxGradientsPerStep());
    }
}
