package io.lossledger.analysis.report.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javax.imageio.ImageIO;

/**
 * Numbers over steps as colours: blue where they are negative, orange where they are positive, grey where they are not
 * finite. Rows have names, columns are steps, and a bar shows which number has the full colour.
 * Immutable.
 */
public final class HeatPicture implements Picture {
    private static final int WIDTH = 640;
    private static final int LEFT = 84;
    private static final int RIGHT = 16;
    private static final int TOP = 24;
    private static final int BOTTOM = 34;
    private static final int LEAST_HEIGHT = 60;
    private static final int MOST_HEIGHT = 320;
    private static final int ROW = 16;
    private static final int LINE = 12;
    private static final int MOST_LETTERS = 13;
    private static final int BAR_WIDTH = 120;
    private static final int BAR_HEIGHT = 9;
    private static final int TICKS = 8;
    private static final int FINER = 2;
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    private static final int MOST_COLUMNS = 640;
    private static final double NEARLY_ALL = 0.99;

    private final String caption;
    private final List<String> names;
    private final double[][] values;
    private final Span steps;
    private final Span axis;
    private final double scale;

    /**
     * @param values [rows, columns]; the columns divide the steps evenly
     * @param axis the steps to which the axis belongs, at least those of the columns
     * @param scale value of the full colour, above 0
     */
    private HeatPicture(String caption, List<String> names, double[][] values, Span steps, Span axis, double scale) {
        this.caption = caption;
        this.names = names;
        this.values = values;
        this.steps = steps;
        this.axis = axis;
        this.scale = scale;
    }

    /** From one step up to, but not including, another. */
    public record Span(double first, double end) {
        double length() {
            return end - first;
        }
    }

    /**
     * Creates the picture.
     *
     * @param names of the rows, from the top
     * @param sums asks for the columns {@code line}, {@code col} and {@code lca}, given the SQL expression of {@code col}
     */
    public static HeatPicture of(String caption, List<String> names, Span steps, Function<String, Table> sums) {
        int columns = (int) Math.min(MOST_COLUMNS, steps.length());
        Table cells = sums.apply("(step - " + (long) steps.first + ") * " + columns + " // " + (long) steps.length());
        double[][] values = new double[names.size()][columns];
        double[] line = cells.numbers("line");
        double[] column = cells.numbers("col");
        double[] lca = cells.numbers("lca");
        for (int i = 0; i < lca.length; i++) {
            values[(int) line[i]][(int) column[i]] = lca[i];
        }
        return new HeatPicture(caption, names, values, steps, steps, roundedUp(largest(lca)));
    }

    /** What few numbers exceed, so that the rest can be distinguished. */
    private static double largest(double[] numbers) {
        double[] sizes = Arrays.stream(numbers)
                .filter(Double::isFinite)
                .map(Math::abs)
                .sorted()
                .toArray();
        double most = Stats.quantile(sizes, NEARLY_ALL);
        return most > 0 || sizes.length == 0 ? most : sizes[sizes.length - 1];
    }

    /** One, two or five times a power of ten; 1 if there is nothing above 0. */
    private static double roundedUp(double size) {
        if (!(size > Double.MIN_NORMAL) || size > Double.MAX_VALUE / 10) {
            return size > 1 ? size : 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(size)));
        return size <= power ? power : size <= 2 * power ? 2 * power : size <= 5 * power ? 5 * power : 10 * power;
    }

    @Override
    public String caption() {
        return caption;
    }

    @Override
    public String svg() {
        String text = SvgText.of(caption, WIDTH, height(), this::drawFrame);
        double[] place = place();
        return text.substring(0, text.lastIndexOf("</svg"))
                + element(cells(), place[0], TOP, place[1], plotHeight())
                + element(bar(), barX(), TOP - BAR_HEIGHT - 6.0, BAR_WIDTH, BAR_HEIGHT)
                + "</svg>";
    }

    @Override
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(FINER * WIDTH, FINER * height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(FINER, FINER);
        graphics.setColor(Palette.PAPER);
        graphics.fillRect(0, 0, WIDTH, height());
        drawFrame(graphics);
        double[] place = place();
        graphics.drawImage(cells(), (int) place[0], TOP, Math.max(1, (int) Math.round(place[1])), plotHeight(), null);
        graphics.drawImage(bar(), barX(), TOP - BAR_HEIGHT - 6, BAR_WIDTH, BAR_HEIGHT, null);
        graphics.dispose();
        return image;
    }

    @Override
    public Extent extent() {
        return new Extent(axis.first, axis.end, 0, scale);
    }

    @Override
    public Picture within(Extent extent) {
        return new HeatPicture(caption, names, values, steps, new Span(extent.lowX(), extent.highX()), extent.highY());
    }

    private void drawFrame(Graphics2D graphics) {
        graphics.setFont(SMALL);
        graphics.setColor(Palette.INK);
        String full = plain(scale);
        int y = TOP - 6;
        graphics.drawString("LCA of a step", LEFT, y);
        right(graphics, "helped −" + full, barX() - 6, y);
        graphics.drawString("+" + full + " hurt", barX() + BAR_WIDTH + 6, y);
        int lines = Math.max(1, plotHeight() / LINE);
        int apart = Math.max(1, (names.size() + lines - 1) / lines);
        for (int row = 0; row < names.size(); row += apart) {
            double middle = TOP + (row + 0.5) * plotHeight() / names.size();
            right(graphics, shortened(names.get(row)), LEFT - 6, (int) Math.round(middle + 4));
        }
        int bottom = TOP + plotHeight();
        double step = tick();
        for (double x = Math.ceil(axis.first / step) * step; x < axis.end; x += step) {
            int at = (int) Math.round(LEFT + (x + 0.5 - axis.first) / axis.length() * plotWidth());
            graphics.setColor(Palette.FAINT);
            graphics.drawLine(at, bottom + 1, at, bottom + 4);
            graphics.setColor(Palette.INK);
            String label = Html.number(x);
            graphics.drawString(label, at - graphics.getFontMetrics().stringWidth(label) / 2, bottom + 16);
        }
        graphics.drawString("step", LEFT + plotWidth() / 2 - 10, bottom + 30);
    }

    private static void right(Graphics2D graphics, String text, int x, int y) {
        graphics.drawString(text, x - graphics.getFontMetrics().stringWidth(text), y);
    }

    private static String shortened(String name) {
        return name.length() <= MOST_LETTERS ? name : name.substring(0, MOST_LETTERS - 1) + "…";
    }

    /** A number of one digit, such as 0.05 or 2e-05. */
    private static String plain(double number) {
        String text = String.format(Locale.ROOT, "%.0e", number);
        return number >= 1e-3 && number < 1e4 ? new BigDecimal(text).toPlainString() : text;
    }

    /** One, two or five times a power of ten, at least 1. */
    private double tick() {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, axis.length() / TICKS))));
        for (int times : new int[] {1, 2, 5}) {
            if (axis.length() / (times * power) <= TICKS) {
                return times * power;
            }
        }
        return 10 * power;
    }

    /** Left edge and width of the cells. */
    private double[] place() {
        double perStep = plotWidth() / axis.length();
        return new double[] {LEFT + (steps.first - axis.first) * perStep, steps.length() * perStep};
    }

    private int plotHeight() {
        return Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, ROW * values.length));
    }

    private static int plotWidth() {
        return WIDTH - LEFT - RIGHT;
    }

    private int height() {
        return TOP + plotHeight() + BOTTOM;
    }

    private static int barX() {
        return WIDTH - RIGHT - BAR_WIDTH - 96;
    }

    private BufferedImage cells() {
        int columns = Math.max(1, values.length == 0 ? 1 : values[0].length);
        BufferedImage image = new BufferedImage(columns, Math.max(1, values.length), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < values.length; y++) {
            for (int x = 0; x < columns; x++) {
                image.setRGB(x, y, Palette.diverging(values[y][x] / scale).getRGB());
            }
        }
        return image;
    }

    private static BufferedImage bar() {
        BufferedImage image = new BufferedImage(BAR_WIDTH, 1, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < BAR_WIDTH; x++) {
            Color colour = Palette.diverging(2.0 * x / (BAR_WIDTH - 1) - 1);
            image.setRGB(x, 0, colour.getRGB());
        }
        return image;
    }

    private static String element(BufferedImage image, double x, double y, double width, double height) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "<image class=\"heat\" x=\"" + x + "\" y=\"" + y + "\" width=\"" + width + "\" height=\"" + height
                + "\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png.toByteArray()) + "\"/>";
    }
}
