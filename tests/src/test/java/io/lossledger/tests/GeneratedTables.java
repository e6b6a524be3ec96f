package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a document that a test writes, between two comments.
 *
 * @param page the document
 * @param test name of the test class, which the first comment names, too
 */
record GeneratedTables(Path page, String test) {
    private static final String END = "<!-- end of the tables -->\n";

    /** Writes the tables if the test was started to do so. */
    void rewriteWhenAsked(String tables) throws IOException {
        if (Boolean.getBoolean("lossledger.readme.write")) {
            String text = Files.readString(page);
            String before = text.substring(0, text.indexOf(start()) + start().length());
            Files.writeString(page, before + tables + text.substring(text.indexOf(END)));
        }
    }

    /** Fails unless the document shows these tables. */
    void assertShows(String tables) throws IOException {
        String text = Files.readString(page);
        assertThat(text).containsOnlyOnce(start()).containsOnlyOnce(END);
        assertThat(text.substring(text.indexOf(start()) + start().length(), text.indexOf(END)))
                .as("The tables in " + Documents.ROOT.relativize(page) + " are not up to date. Rewrite them:"
                        + " mvn -pl tests -am test -Dtest=" + test
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dlossledger.readme.write=true")
                .isEqualTo(tables);
    }

    private String start() {
        return "<!-- start of the tables that " + test + " writes -->\n";
    }
}
