package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultObjectiveTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FIXED class=0 -, FIXED train -, FIXED validation - | train   | ''
            SAMPLED a own, SAMPLED train next                     | train   | next
            SAMPLED a own, FIXED class=0 -, FIXED b -           | class=0 | ''
            SAMPLED a own, SAMPLED a next                         | a       | own
            ''                                               | train   | ''
            """)
    void isTrainOtherwiseTheFirstFixedOne(String objectives, String name, String stratum) {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        for (String objective : objectives.isEmpty() ? new String[0] : objectives.split(", ", -1)) {
            String[] parts = objective.split(" ", 3);
            manifest.addObjectives(ObjectiveManifest.newBuilder()
                    .setKind(ObjectiveKind.valueOf("OBJECTIVE_KIND_" + parts[0]))
                    .setName(parts[1])
                    .setStratum(parts[2].replace("-", "")));
        }

        assertThat(DefaultObjective.of(manifest.build())).isEqualTo(new DefaultObjective(name, stratum));
    }
}
