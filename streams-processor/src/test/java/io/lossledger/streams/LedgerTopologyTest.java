package io.lossledger.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTopologyTest {
    @Test
    void isTheTopologyThatRunningApplicationsHaveStateFor(@TempDir Path directory) throws IOException {
        String expected;
        try (InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("/expected_topology.txt"))) {
            expected = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        String description = LedgerTopology.build(LedgerDriver.settings(directory, 100))
                .describe()
                .toString();

        assertThat(description.strip())
                .as(
                        "The topology has changed. A renamed store or repartition topic loses the books of running"
                                + " applications: keep the names. If the change is meant, write this into expected_topology.txt:"
                                + "%n%s",
                        description)
                .isEqualTo(expected.strip());
    }
}
