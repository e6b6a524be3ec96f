package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * This version goes on with the data folders of earlier ones: with broker, processor and a run in the middle of a step. The folders
 * are recorded by {@code tests/upgrade-fixture}.
 */
class UpgradeIT {
    private static final Path FIXTURES = Path.of("src/test/resources/upgrade");

    static List<String> versions() throws IOException {
        try (Stream<Path> found = Files.list(FIXTURES)) {
            return found.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void goesOnInTheMiddleOfAStepAndBooksNothingTwice(String version, @TempDir Path directory) throws Exception {
        UpgradeFiles.unpack(FIXTURES.resolve(version).resolve("data.zip.gz"), directory);
        SortedMap<String, List<String>> expected =
                UpgradeFiles.read(FIXTURES.resolve(version).resolve("expected.txt"));
        try (UpgradeFixture fixture = UpgradeFixture.start(directory)) {
            assertCut(fixture.results().canonical(), expected);
            try (LedgerCommand process = fixture.process()) {
                fixture.sendRest();
                fixture.awaitClosed(process);
                UpgradeFixture.stop(process);
            }
            EarlierRows.require(version, expected, fixture.results().canonical());
        }
    }

    /** Nothing would be upgraded if all of it had been booked before, or none. */
    private static void assertCut(SortedMap<String, List<String>> found, SortedMap<String, List<String>> expected) {
        assertThat(found.keySet()).containsAll(expected.keySet());
        for (String topic : List.of("STEP ", "LAYER ", "UNIT ", "WINDOW ", "ALERT ")) {
            assertThat(found.get(topic + UpgradeRuns.ENDED)).isEqualTo(expected.get(topic + UpgradeRuns.ENDED));
            assertThat(found.get(topic + UpgradeRuns.HALF))
                    .isNotEmpty()
                    .hasSizeLessThan(expected.getOrDefault(topic + UpgradeRuns.HALF, List.of())
                            .size());
        }
    }
}
