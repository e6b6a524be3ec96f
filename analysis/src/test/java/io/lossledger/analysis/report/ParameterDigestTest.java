package io.lossledger.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.ParameterRow;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterDigestTest {
    @Test
    void addsUpEachParameter() {
        ParameterDigest digest = new ParameterDigest("train", "");
        digest.add(row("train", "", 0, 0, -1, 0, 2));
        digest.add(row("train", "", 1, 0, -3, 0, 1));
        digest.add(row("train", "", 1, 3, 5));
        digest.add(row("validation", "", 1, 0, 100));
        digest.add(row("train", "momentum", 1, 0, 100));
        digest.add(row("train", "", 1, 0, 100).toBuilder().setStratum("own").build());
        assertThat(digest.parameters()).isEqualTo(4);
        assertThat(digest.first(4, 1))
                .extracting(
                        ParameterDigest.Total::name,
                        ParameterDigest.Total::lca,
                        ParameterDigest.Total::helped,
                        ParameterDigest.Total::hurt)
                .containsExactly(
                        tuple("0_W[0]", -4.0, 2, 0),
                        tuple("0_W[1]", 0.0, 0, 0),
                        tuple("0_W[2]", 3.0, 0, 2),
                        tuple("0_W[3]", 5.0, 0, 1));
        assertThat(digest.first(1, -1)).extracting(ParameterDigest.Total::name).containsExactly("0_W[3]");
        assertThat(digest.shares()).containsExactly(1, 0, 0);
        assertThat(digest.sample()).containsExactly(-1, 2, -3, 1, 5);
    }

    /** Of the numbers 1 to 400,000, half are kept: those of the first and of the second half in like numbers. */
    @Test
    void samplesEarlyAndLateStepsAlike() {
        ParameterDigest digest = new ParameterDigest("train", "");
        for (int step = 0; step < 400; step++) {
            double[] lca = new double[1_000];
            int first = step * 1_000 + 1;
            Arrays.setAll(lca, i -> first + i);
            digest.add(row("train", "", step, 0, lca));
        }
        double[] sample = digest.sample();
        assertThat(sample).hasSize(200_000).doesNotHaveDuplicates();
        double early = Arrays.stream(sample).filter(x -> x <= 200_000).count() / 200_000.0;
        assertThat(early).isCloseTo(0.5, within(0.01));
    }

    @Test
    void followsThoseThatHelpedOrHurtMost() {
        ParameterDigest digest = new ParameterDigest("train", "");
        List<ParameterRow> rows = List.of(
                row("train", "", 0, 0, -1, 0, 2), row("train", "", 1, 0, -3, 0.5, 1), row("train", "", 2, 0, 1, 0, 1));
        rows.forEach(digest::add);
        ParameterTracks tracks = new ParameterTracks(digest);
        rows.forEach(tracks::add);
        assertThat(tracks.tracks().get(0).label()).isEqualTo("0_W[0], helped most");
        assertThat(tracks.tracks().get(0).cumulative()).isDeepEqualTo(new double[][] {{0, 1, 2}, {-1, -4, -3}});
        assertThat(tracks.tracks().get(1).label()).isEqualTo("0_W[2], hurt most");
    }

    private static ParameterRow row(String objective, String part, int step, int offset, double... lca) {
        ParameterRow.Builder row = ParameterRow.newBuilder()
                .setTensorName("0_W")
                .setObjective(objective)
                .setPart(part)
                .setStep(step)
                .setOffset(offset);
        Arrays.stream(lca).forEach(row::addParameterLca);
        return row.build();
    }
}
