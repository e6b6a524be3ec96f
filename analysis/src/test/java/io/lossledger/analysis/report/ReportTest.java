package io.lossledger.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ParameterRow;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run of two layers with 900 and 100 parameters, in which the small one hurts. */
class ReportTest {
    private static final int STEPS = ReportedRun.STEPS;
    private static final double TOLERANCE = 0.01;

    @TempDir
    Path folder;

    private ReportedRun run;

    @BeforeEach
    void begin() {
        run = new ReportedRun(folder);
    }

    @Test
    void saysWhatTheRunSaysAndWhereItDiffersFromThePaper() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            String html = Report.of(
                            List.of(new Report.Source(query, "run-1", digest(), null, List.of("a note"))), TOLERANCE)
                    .html();
            assertThat(html)
                    .contains("<td>1 of 2 layers</td><td>differs</td>")
                    .contains("<td>55.0 % on average over the steps</td><td>as in the paper</td>")
                    .contains("<td>3 moments in 40 steps; chance alone would give about 0</td><td>as in the paper</td>")
                    .contains("a note")
                    .contains("id=\"balance\"", "id=\"layers\"", "id=\"cumulative\"", "id=\"helping\"", "id=\"units\"")
                    .contains("id=\"moments\"", "id=\"oscillation\"", "id=\"classes\"", "id=\"parts\"", "id=\"helped\"")
                    .doesNotContain("id=\"parameters\"")
                    .contains("<td>big &lt;b&gt;</td><td class=n>900</td><td class=n>-40</td><td class=n>1.333</td>");
        }
    }

    @Test
    void namesTheRunWhoseTrajectoryIsMeasured() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1", ReportedRun.ASKED))) {
            assertThat(html(query, ReportedRun.ASKED)).contains("<th>trajectory of</th>", "<td>run-1</td>");
            assertThat(html(query, "run-1")).doesNotContain("trajectory of");
        }
    }

    private static String html(TableQuery query, String run) {
        return Report.of(List.of(new Report.Source(query, run, null, null, List.of())), TOLERANCE)
                .html();
    }

    @Test
    void isSelfContained() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE)
                    .html();
            assertThat(html.replace("http://www.w3.org/", "")).doesNotContain("http:", "https:", "<script", "<link");
            assertThat(html.split("<table>", -1)).hasSameSizeAs(html.split("<section|<h2>Compared", -1));
        }
    }

    /** In every field that is a number of its own, of one step in the middle and of all. */
    @ParameterizedTest
    @CsvSource({
        "NaN, NaN, 20",
        "Infinity, ∞, 20",
        "-Infinity, −∞, 20",
        "NaN, NaN, -1",
        "Infinity, ∞, -1",
        "-Infinity, −∞, -1"
    })
    void reportsNonFiniteNumbersAndDrawsGaps(double bad, String shown, int step) throws Exception {
        Path damaged = folder.resolve("damaged.duckdb");
        Path export = run.export("run-1");
        try (TableExport to = TableExport.create(damaged, ExportFormat.DUCKDB, false)) {
            for (Message row : run.rows()) {
                to.add(damaged(row, bad, step));
            }
            to.finish();
        }
        try (TableQuery whole = TableQuery.open(export);
                TableQuery query = TableQuery.open(damaged)) {
            ParameterDigest digest = digest();
            digest.add(ParameterRow.newBuilder()
                    .setObjective("train")
                    .setTensorName("0_W")
                    .addParameterLca(bad)
                    .addParameterLca(bad)
                    .addParameterLca(1e-300)
                    .addParameterLca(1e300)
                    .addParameterLca(-1)
                    .build());
            ParameterTracks tracks = new ParameterTracks(digest);
            Report report = Report.of(List.of(new Report.Source(query, "run-1", digest, tracks, List.of())), TOLERANCE);
            assertThat(report.html())
                    .contains("<td class=n>" + shown + "</td>")
                    .contains("<td>unknown: not finite</td>")
                    .contains("There, tables show NaN, ∞ or −∞, and charts have gaps.")
                    .doesNotContainPattern("<(line|path|rect|polyline)[^>]*(NaN|Infinity|∞)");
            int pictures = Report.of(List.of(new Report.Source(whole, "run-1", digest(), null, List.of())), TOLERANCE)
                    .writePictures(folder.resolve("whole"));
            assertThat(report.writePictures(folder.resolve("damaged"))).isEqualTo(pictures);
        }
    }

    /** Nothing is 0 % of a sum that is infinite. */
    @Test
    void aLayerHasNoShareOfASumThatIsNotFinite() throws Exception {
        Path damaged = folder.resolve("damaged.duckdb");
        run.export("run-1");
        try (TableExport to = TableExport.create(damaged, ExportFormat.DUCKDB, false)) {
            for (Message row : run.rows()) {
                boolean isBad =
                        row instanceof LayerRow layer && layer.getLayer().equals("small");
                to.add(isBad ? damaged(row, Double.POSITIVE_INFINITY, -1) : row);
            }
            to.finish();
        }
        try (TableQuery query = TableQuery.open(damaged)) {
            Report report = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE);
            assertThat(report.html())
                    .contains("<td class=n>900</td><td class=n>-40</td><td class=n>NaN</td><td class=n>0.9000</td>");
        }
    }

    /** @param step of the rows that are damaged; negative: all */
    private static Message damaged(Message row, double bad, int step) {
        FieldDescriptor field = row.getDescriptorForType().findFieldByName("step");
        if (field == null || (step >= 0 && !row.getField(field).equals(step))) {
            return row;
        }
        Message.Builder damaged = row.toBuilder();
        for (FieldDescriptor number : row.getDescriptorForType().getFields()) {
            if (number.getJavaType() != JavaType.DOUBLE || NEVER_BAD.contains(number.getName())) {
                continue;
            }
            if (number.isRepeated()) {
                damaged.setRepeatedField(number, 0, bad);
            } else {
                damaged.setField(number, bad);
            }
        }
        return damaged.build();
    }

    @Test
    void setsTwoRunsSideBySide() throws Exception {
        Path export = run.export("run-1", "run-2");
        try (TableQuery first = TableQuery.open(export);
                TableQuery second = TableQuery.open(export)) {
            String html = Report.of(
                            List.of(
                                    new Report.Source(first, "run-1", digest(), null, List.of()),
                                    new Report.Source(second, "run-2", null, null, List.of())),
                            TOLERANCE)
                    .html();
            assertThat(html).contains("<h1>run-1 and run-2</h1>", "</span>run-2</h3>", "Not measured.");
            String big = "<td>big &lt;b&gt;</td><td class=n>900</td><td class=n>%s</td>";
            assertThat(html).contains(big.formatted("-40"), big.formatted("-80"));
        }
    }

    /** The closing balance has a residual of 0.5 where 50 moved: 40 that helped, 10 that hurt. */
    /** The LCA of a step is -1 in run-1 and -2 in run-2: alone, their axes and colour scales differ. */
    @Test
    void drawsSeveralRunsWithTheSameAxes() throws Exception {
        Path export = run.export("run-1", "run-2", "run-3");
        try (TableQuery first = TableQuery.open(export);
                TableQuery second = TableQuery.open(export);
                TableQuery third = TableQuery.open(export)) {
            Report alone = Report.of(List.of(new Report.Source(first, "run-1", null, null, List.of())), TOLERANCE);
            alone.writePictures(folder.resolve("alone"));
            Report report = Report.of(
                    List.of(
                            new Report.Source(first, "run-1", null, null, List.of()),
                            new Report.Source(second, "run-2", null, null, List.of()),
                            new Report.Source(third, "run-3", null, null, List.of())),
                    TOLERANCE);
            report.writePictures(folder.resolve("several"));
            for (String picture : List.of("layers-1", "cumulative-2", "units-1")) {
                List<String> axes = labels("several", "run-1-" + picture);
                assertThat(axes)
                        .as(picture)
                        .isEqualTo(labels("several", "run-2-" + picture))
                        .isEqualTo(labels("several", "run-3-" + picture))
                        .isNotEqualTo(labels("alone", "run-1-" + picture));
            }
            assertThat(labels("several", "run-1-units-1")).contains("unit 0", "step", "helped −2", "+2 hurt");
            assertThat(labels("several", "run-1-cumulative-2")).contains("small", "35");
            assertThat(report.html()).contains("<h1>run-1, run-2 and run-3</h1>", "id=\"comparison\"", "up to step 39");
            assertThat(ReportAnswersTest.answers(report.html())).hasSize(9);
        }
    }

    /** A dark page needs another ink; the files are looked at elsewhere, without the style sheet. */
    @Test
    void leavesColoursToTheStyleSheetOnThePageOnly() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            Report report = Report.of(List.of(new Report.Source(query, "run-1", digest(), null, List.of())), TOLERANCE);
            report.writePictures(folder.resolve("pictures"));
            assertThat(report.html())
                    .contains("@media (prefers-color-scheme: dark)", "fill:var(--soft)", "image class=\"heat\"")
                    .doesNotContain("fill:white", "fill:black", "stroke:gray", "rgb(68,68,68)");
            assertThat(folder.resolve("pictures/run-1-distribution-1.svg"))
                    .content()
                    .contains("rgb(8,104,172)", "rgb(176,74,0)")
                    .doesNotContain("var(");
        }
    }

    /** Of the heatmap of layers: the big one helps in every step, the small one hurts. */
    @Test
    void heatmapsAreBlueWhereALayerHelpedAndOrangeWhereItHurt() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE)
                    .html();
            Matcher found =
                    Pattern.compile("image class=\"heat\"[^>]*base64,([^\"]+)").matcher(html);
            assertThat(found.find()).isTrue();
            BufferedImage cells =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(found.group(1))));
            assertThat(cells.getHeight()).isEqualTo(2);
            for (int x = 0; x < cells.getWidth(); x++) {
                Color helped = new Color(cells.getRGB(x, 0));
                Color hurt = new Color(cells.getRGB(x, 1));
                assertThat(helped.getBlue()).isGreaterThan(helped.getRed() + 20);
                assertThat(hurt.getRed()).isGreaterThan(hurt.getBlue() + 20);
            }
        }
    }

    private List<String> labels(String where, String picture) throws IOException {
        String svg = Files.readString(folder.resolve(where).resolve(picture + ".svg"));
        return Pattern.compile(">([^<]+)</text")
                .matcher(svg)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void writesPicturesOnDemand() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            int count = Report.of(List.of(new Report.Source(query, "run-1", digest(), null, List.of())), TOLERANCE)
                    .writePictures(folder.resolve("pictures"));
            try (Stream<Path> files = Files.list(folder.resolve("pictures"))) {
                assertThat(files).hasSize(2 * count);
            }
            assertThat(folder.resolve("pictures/run-1-layers-1.svg")).content().contains("<svg", "big &lt;b");
            assertThat(folder.resolve("pictures/run-1-layers-1.png")).isNotEmptyFile();
        }
    }

    @Test
    void namesARunWithoutSteps() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            assertThatThrownBy(() -> Report.digest(query, "other"))
                    .hasMessage("run: must have steps in the export. Found: none of other");
        }
    }

    private static ParameterDigest digest() {
        ParameterDigest digest = new ParameterDigest("train", "");
        for (int step = 0; step < STEPS; step++) {
            digest.add(ParameterRow.newBuilder()
                    .setObjective("train")
                    .setTensorName("0_W")
                    .setStep(step)
                    .addParameterLca(step % 2 == 0 ? -1 : 0.5 / (step + 1))
                    .build());
        }
        return digest;
    }

    /** Counts that the processor makes itself. */
    private static final Set<String> NEVER_BAD = Set.of("parameters", "first_unit", "units");
}
