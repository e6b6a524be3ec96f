package io.lossledger.dashboards.live.frames;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void writesNumbersAsShortAsAFloatAllows() {
        String json = JsonText.object(document -> document.array(
                "n",
                list -> list.add(1.0)
                        .add(-0.1)
                        .add(1e-30)
                        .add(1.0 / 3)
                        .add(3e9)
                        .add(Double.NaN)
                        .add(Double.POSITIVE_INFINITY)
                        .add(1e300)
                        .add(1_700_000_000_123L)));

        assertThat(json)
                .isEqualTo("{\"n\":[1,-0.1,1.0E-30,0.33333334,3.0E9,\"NaN\",\"Infinity\",1.0E300,1700000000123]}");
    }

    @Test
    void escapesText() {
        assertThat(JsonText.error("a \"b\"\n<c>")).isEqualTo("{\"error\":\"a \\\"b\\\"\\n<c>\"}");
    }
}
