package io.lossledger.dashboards.live.topics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Timestamp;
import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.Frames;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class RunCatalogueTest {
    private final RunCatalogue catalogue = new RunCatalogue(new RunSummaries(0.01), false);

    @Test
    void listsTheNewestRunFirst() {
        put("old", 1);
        put("newest", 3);
        put("new", 2);

        assertThat(names()).containsExactly("newest", "new", "old");
    }

    @Test
    void listsTheNewestOfManyRuns() {
        for (int i = 0; i < 1_000; i++) {
            put("run-" + i, i);
        }

        assertThat(names()).hasSize(300).startsWith("run-999").endsWith("run-700");
        assertThat(catalogue.run("run-0")).isPresent();
    }

    @Test
    void theNewestManifestOfARunCountsAndItsKeyIsTheId() {
        put("a", 1);
        catalogue.accept(
                "a",
                RowFormat.PROTOBUF.serialize(
                        RunManifest.newBuilder().setRun("b").setModel("m").build()));
        catalogue.accept("a", new byte[] {1, 2, 3});

        assertThat(names()).containsExactly("a");
        assertThat(catalogue.run("a").orElseThrow().getModel()).isEqualTo("m");
        catalogue.accept("a", null);
        assertThat(names()).isEmpty();
    }

    @Test
    void saysWhatARunAsksOfAnotherOnesTrajectory() {
        RunManifest.Builder recorded = RunManifest.newBuilder()
                .setRun("r1")
                .setTrajectory(TrajectoryManifest.getDefaultInstance())
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"));
        catalogue.accept("r1", RowFormat.JSON.serialize(recorded.build()));
        recorded.getTrajectoryBuilder().setRecordedRun("r1");
        catalogue.accept(
                "exact", RowFormat.JSON.serialize(recorded.setMaxSplits(16).build()));

        assertThat(catalogue.text("r1").orElseThrow())
                .contains("\"recorded_run\":\"r1\"")
                .doesNotContain("question");
        assertThat(catalogue.text("exact").orElseThrow())
                .contains("\"recorded_run\":\"r1\",\"question\":\"train, up to 16 splits\"");
        assertThat(catalogue.text("none")).isEmpty();
    }

    @Test
    void skipsAManifestWithAnInvalidTime() {
        put("a", 1);
        catalogue.accept(
                "b",
                RunManifest.newBuilder()
                        .setStarted(Timestamp.newBuilder().setNanos(-1))
                        .build()
                        .toByteArray());
        catalogue.caughtUp();

        assertThat(names()).containsExactly("a");
    }

    @Test
    void reportsNothingBeforeAllManifestsAreRead() {
        put("a", 1);
        assertThat(catalogue.isComplete()).isFalse();
        assertThat(catalogue.after(null)).isEmpty();

        catalogue.caughtUp();
        Frame frame = catalogue.after(null).orElseThrow();
        assertThat(Frames.event(frame)).isEqualTo("runs");
        assertThat(catalogue.after(frame)).isEmpty();
    }

    @Test
    void reportsThatTheTopicIsMissing() {
        catalogue.start(List.of("lossledger.run"));

        assertThat(catalogue.isComplete()).isTrue();
        JsonObject told = Frames.json(catalogue.after(null).orElseThrow());
        assertThat(told.getAsJsonArray("missing_topics")).hasToString("[\"lossledger.run\"]");
    }

    @Test
    void saysWhetherRunsCanBeEndedAndDeleted() {
        for (boolean editable : new boolean[] {false, true}) {
            String json = new RunCatalogue(new RunSummaries(0.01), editable).json();
            assertThat(JsonParser.parseString(json)
                            .getAsJsonObject()
                            .get("editable")
                            .getAsBoolean())
                    .isEqualTo(editable);
        }
    }

    private void put(String run, long seconds) {
        RunManifest manifest = RunManifest.newBuilder()
                .setRun(run)
                .setStarted(Timestamps.fromSeconds(seconds))
                .build();
        catalogue.accept(run, RowFormat.JSON.serialize(manifest));
    }

    private List<String> names() {
        return StreamSupport.stream(
                        JsonParser.parseString(catalogue.json())
                                .getAsJsonObject()
                                .getAsJsonArray("runs")
                                .spliterator(),
                        false)
                .map(JsonElement::getAsJsonObject)
                .map(run -> run.get("run").getAsString())
                .toList();
    }
}
