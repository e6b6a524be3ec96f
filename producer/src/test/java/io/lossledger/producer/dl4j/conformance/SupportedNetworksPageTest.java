package io.lossledger.producer.dl4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the page of what is supported equal to what is tested. */
class SupportedNetworksPageTest {
    private static final Path PAGE = Path.of("../docs/supported-networks.md");
    private static final String REWRITE = "mvn -pl producer -am test -Dtest=SupportedNetworksPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dlossledger.docs.write=true";

    @BeforeAll
    static void rewritesThePageOnRequest() throws IOException {
        if (Boolean.getBoolean("lossledger.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, SupportedNetworksPage.render());
        }
    }

    @Test
    void matchesWhatTheTestsTry() throws IOException {
        assertThat(Files.readString(PAGE))
                .as("docs/supported-networks.md does not say what ConformanceTest tries. Rewrite it: " + REWRITE)
                .isEqualTo(SupportedNetworksPage.render());
    }
}
