package io.lossledger.analysis.report.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Stroke;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The colours of the report, which are those of the live page. Blue means help, orange means hurt, and neither means anything
 * else. Layers have colours of Paul Tol's muted scheme. Beyond eight series, dashes distinguish lines with similar colours.
 * Stateless.
 */
public final class Palette {
    public static final Color INK = new Color(0x444444);
    static final Color FAINT = new Color(0xDDDDDD);
    static final Color PAPER = Color.WHITE;
    public static final Color HELP = new Color(0x0868AC);
    public static final Color HURT = new Color(0xB04A00);
    public static final Color ALLOCATED = new Color(0x00796B);
    public static final Color RESIDUAL = new Color(0x8A3F8F);
    static final Color NOT_FINITE = new Color(0x888888);

    private static final List<Color> FEW =
            colours(0x117733, 0xDDCC77, 0x882255, 0x44AA99, 0xCC6677, 0x999933, 0xAA4499, 0x888888);
    /** The order of many layers is that of the colours. */
    private static final List<Color> MANY =
            colours(0x5B1A63, 0x882255, 0xAA4499, 0xCC6677, 0xDDCC77, 0x999933, 0x117733, 0x44AA99);

    private static final List<Color> RUNS = List.of(INK, new Color(0xAA4499), new Color(0x117733), new Color(0x999933));
    private static final List<Color> DIVERGING =
            colours(0x053061, 0x1F63A8, 0x6AA7D6, 0xF4F3EF, 0xF0A35E, 0xC4560A, 0x7A2F00);
    private static final List<float[]> DASHES =
            List.of(new float[] {}, new float[] {6, 3}, new float[] {2, 2}, new float[] {8, 3, 2, 3});
    private static final float WIDTH = 1.4f;

    /** Colours with another value on a dark page, and the style sheet's names of them. */
    private static final Map<Color, String> THEMED = new LinkedHashMap<>();

    static {
        THEMED.put(INK, "--soft");
        THEMED.put(FAINT, "--line");
        THEMED.put(HELP, "--help");
        THEMED.put(HURT, "--hurt");
        THEMED.put(ALLOCATED, "--allocated");
        THEMED.put(RESIDUAL, "--residual");
        THEMED.put(FEW.get(0), "--green");
        THEMED.put(FEW.get(2), "--wine");
        THEMED.put(MANY.get(0), "--violet");
    }

    private Palette() {}

    /** How a series is drawn. */
    public record Look(Color colour, Stroke stroke) {}

    /** The looks of several series. */
    @FunctionalInterface
    public interface Looks {
        /** The look of one of so many series. */
        Look of(int index, int count);

        /** Solid lines in these colours. */
        static Looks of(Color... colours) {
            return (index, count) -> look(colours[index], 0);
        }
    }

    /** A layer, at its place in the model. */
    public static Look layer(int index, int layers) {
        return layers <= FEW.size()
                ? look(FEW.get(index), 0)
                : look(between(MANY, (double) index / (layers - 1)), index % DASHES.size());
    }

    /** A series that is neither a layer nor a run. */
    public static Look series(int index, int count) {
        return look(FEW.get(index % FEW.size()), index / FEW.size());
    }

    /** A run that is compared with others. */
    public static Look run(int index, int runs) {
        return look(RUNS.get(index % RUNS.size()), index / RUNS.size());
    }

    /** A line in this colour, with the n-th dashes. */
    public static Look look(Color colour, int dashes) {
        float[] dash = DASHES.get(dashes % DASHES.size());
        return new Look(
                colour,
                dash.length == 0
                        ? new BasicStroke(WIDTH)
                        : new BasicStroke(WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
    }

    /**
     * The colour of a heatmap's cell, by the root of its share, so that small values are seen beside large ones.
     *
     * @param share of the value that has the full colour; negative: it helped
     */
    static Color diverging(double share) {
        if (!Double.isFinite(share)) {
            return NOT_FINITE;
        }
        return between(DIVERGING, 0.5 + 0.5 * Math.signum(share) * Math.sqrt(Math.min(1, Math.abs(share))));
    }

    /** Lets the style sheet of the page choose the colours of an SVG picture, for light and dark. */
    public static String themed(String svg) {
        // Batik writes the names of these.
        String themed = svg.replace(":white;", ":var(--paper);")
                .replace(":black;", ":var(--soft);")
                .replace(":gray;", ":var(--line);");
        for (Map.Entry<Color, String> entry : THEMED.entrySet()) {
            themed = themed.replace(css(entry.getKey()), "var(" + entry.getValue() + ")");
        }
        return themed;
    }

    private static String css(Color colour) {
        return "rgb(" + colour.getRed() + "," + colour.getGreen() + "," + colour.getBlue() + ")";
    }

    private static Color between(List<Color> stops, double share) {
        double place = share * (stops.size() - 1);
        int at = Math.min(stops.size() - 2, (int) place);
        Color from = stops.get(at);
        Color to = stops.get(at + 1);
        return new Color(
                mixed(from.getRed(), to.getRed(), place - at),
                mixed(from.getGreen(), to.getGreen(), place - at),
                mixed(from.getBlue(), to.getBlue(), place - at));
    }

    private static int mixed(int from, int to, double share) {
        return (int) Math.round(from + share * (to - from));
    }

    private static List<Color> colours(int... rgb) {
        return java.util.Arrays.stream(rgb).mapToObj(Color::new).toList();
    }
}
