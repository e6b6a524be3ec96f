package io.lossledger.analysis.report.picture;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.Range;
import org.jspecify.annotations.Nullable;

/** A chart as a picture, higher if it has many series to name. */
public record ChartPicture(String caption, JFreeChart chart) implements Picture {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int NAMES_PER_LINE = 6;
    private static final int NAMED = 3 * NAMES_PER_LINE;
    private static final int LINE = 16;
    private static final int FINER = 2;

    @Override
    public String svg() {
        return SvgText.of(caption, WIDTH, height(), this::draw);
    }

    @Override
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(FINER * WIDTH, FINER * height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(FINER, FINER);
        draw(graphics);
        graphics.dispose();
        return image;
    }

    @Override
    public Extent extent() {
        Range x = range(xAxis());
        Range y = range(yAxis());
        return new Extent(
                x == null ? Double.NaN : x.getLowerBound(),
                x == null ? Double.NaN : x.getUpperBound(),
                y == null ? Double.NaN : y.getLowerBound(),
                y == null ? Double.NaN : y.getUpperBound());
    }

    @Override
    public Picture within(Extent extent) {
        set(xAxis(), extent.lowX(), extent.highX());
        set(yAxis(), extent.lowY(), extent.highY());
        return this;
    }

    /** Null for an axis without numbers. */
    private @Nullable ValueAxis xAxis() {
        return chart.getPlot() instanceof XYPlot plot ? plot.getDomainAxis() : null;
    }

    private @Nullable ValueAxis yAxis() {
        return chart.getPlot() instanceof XYPlot plot
                ? plot.getRangeAxis()
                : ((CategoryPlot) chart.getPlot()).getRangeAxis();
    }

    /** Null for an axis without data. */
    private @Nullable Range range(@Nullable ValueAxis axis) {
        if (axis == null) {
            return null;
        }
        Plot plot = chart.getPlot();
        Range data = plot instanceof XYPlot lines ? lines.getDataRange(axis) : ((CategoryPlot) plot).getDataRange(axis);
        return data == null ? null : axis.getRange();
    }

    private static void set(@Nullable ValueAxis axis, double low, double high) {
        if (axis != null && low < high) {
            axis.setRange(low, high);
        }
    }

    private int height() {
        int series = chart.getPlot().getLegendItems().getItemCount();
        return HEIGHT + LINE * Math.max(0, (series - NAMED + NAMES_PER_LINE - 1) / NAMES_PER_LINE);
    }

    private void draw(Graphics2D graphics) {
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height()));
    }
}
