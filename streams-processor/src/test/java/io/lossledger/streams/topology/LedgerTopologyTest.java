package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.streams.books.ResultSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTopologyTest {
    @TempDir
    Path directory;

    @Test
    void matchesTheStateOfRunningApplications() throws IOException {
        requireTopology("/expected_topology.txt", LedgerDriver.settings(directory));
    }

    @Test
    void growsOnlyWhenParametersAreRequested() throws IOException {
        ResultSettings parameters = new ResultSettings(List.of(), 10, 0.05, 0.01, 100, true);
        requireTopology("/expected_topology_with_parameters.txt", LedgerDriver.settings(directory, parameters));
    }

    private void requireTopology(String file, ProcessorSettings settings) throws IOException {
        String expected;
        try (InputStream text = Objects.requireNonNull(getClass().getResourceAsStream(file))) {
            expected = new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
        String description = LedgerTopology.build(settings, ProcessorListener.NONE)
                .describe()
                .toString();

        assertThat(description.strip())
                .as(
                        "The topology has changed. A renamed store or repartition topic loses the books of running"
                                + " applications: keep the names. If the change is meant, write this into %s:%n%s",
                        file, description)
                .isEqualTo(expected.strip());
    }
}
