package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlierRowsTest {
    private static final String ROW = "17 {\"step\":1,\"lca\":0.1,\"units\":[1,{\"unit\":2}],\"layer\":\"a\"}";

    @Test
    void fieldsMayBeAddedAndNumbersWrittenInAnotherWay() {
        String later = "17 {\"new\":[],\"step\":1.0,\"lca\":1e-1,\"units\":[1,{\"unit\":2,\"new\":3}],\"layer\":\"a\"}";
        assertThat(EarlierRows.difference("row", ROW, later)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"lca\":0.1 | \"lca\":0.10000000000000002 | row.lca: must be 0.1. Found: 0.10000000000000002",
                "\"lca\":0.1, | `` | row.lca: must be 0.1. Found: nothing",
                "\"unit\":2 | \"unit\":3 | row.units[1].unit: must be 2. Found: 3",
                "\"layer\":\"a\" | \"layer\":\"b\" | row.layer: must be \"a\". Found: \"b\"",
                "\"step\":1 | \"step\":\"1\" | row.step: must be 1. Found: \"1\""
            })
    void everyFieldThatWasWrittenIsCompared(String from, String to, String difference) {
        assertThat(EarlierRows.difference("row", ROW, ROW.replace(from, to))).hasValue(difference);
    }

    @Test
    void timesAreCompared() {
        assertThat(EarlierRows.difference("row", ROW, ROW.replace("17 ", "18 ")))
                .isPresent();
    }

    @Test
    void aRowThatComesTwiceOrNeverIsADifference() {
        assertThatCode(() -> EarlierRows.require("0.1.0", rows(ROW), rows(ROW))).doesNotThrowAnyException();
        assertThatThrownBy(() -> EarlierRows.require("0.1.0", rows(ROW), rows(ROW, ROW)))
                .hasMessage("STEP a: must have the 1 rows of version 0.1.0. Found: 2");
        assertThatThrownBy(() -> EarlierRows.require("0.1.0", rows(ROW), new TreeMap<>()))
                .hasMessage("STEP a: must have the 1 rows of version 0.1.0. Found: 0");
    }

    private static SortedMap<String, List<String>> rows(String... rows) {
        return new TreeMap<>(java.util.Map.of("STEP a", List.of(rows)));
    }
}
