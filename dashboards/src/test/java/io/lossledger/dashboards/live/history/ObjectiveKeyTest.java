package io.lossledger.dashboards.live.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectiveKeyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FIXED class=0, FIXED train, FIXED validation | train
            SAMPLED a, SAMPLED train                     | train
            SAMPLED a, FIXED class=0, FIXED b            | class=0
            SAMPLED a, SAMPLED b                         | a
            ''                                           | train
            """)
    void showsTrainElseTheFirstFixedOne(String objectives, String shown) {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        for (String objective : objectives.isEmpty() ? new String[0] : objectives.split(", ", -1)) {
            String[] parts = objective.split(" ", 2);
            manifest.addObjectives(ObjectiveManifest.newBuilder()
                    .setKind(ObjectiveKind.valueOf("OBJECTIVE_KIND_" + parts[0]))
                    .setName(parts[1]));
        }

        assertThat(ObjectiveKey.byDefault(manifest.build())).isEqualTo(new ObjectiveKey(shown, ""));
        assertThat(JsonParser.parseString(ManifestText.whole(manifest.build(), null))
                        .getAsJsonObject()
                        .getAsJsonObject("default_objective")
                        .get("name")
                        .getAsString())
                .isEqualTo(shown);
    }
}
