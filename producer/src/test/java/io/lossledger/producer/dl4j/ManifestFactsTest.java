package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class ManifestFactsTest {
    @Test
    void namesTheVersionsOfJavaAndDl4j() {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        ManifestFacts.fill(
                manifest,
                TestNetworks.dense(DataType.FLOAT, 0, 1),
                List.of(),
                MeasureSettings.DEFAULT,
                RecordSettings.DEFAULT);

        assertThat(manifest.getVersionsMap())
                .containsEntry("java", Runtime.version().toString())
                .containsEntry("dl4j", "1.0.0-M2.1");
    }
}
