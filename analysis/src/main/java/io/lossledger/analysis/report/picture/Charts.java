package io.lossledger.analysis.report.picture;

import io.lossledger.analysis.report.picture.Palette.Looks;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Line2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnitSource;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.renderer.xy.XYStepAreaRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.DefaultXYDataset;

/** Charts in the style of the report. Stateless. */
public final class Charts {
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Line2D LEGEND_LINE = new Line2D.Double(-12, 0, 12, 0);
    private static final double MOST_DRAWN = 1e300;

    /** The only series of a chart. */
    public static final Looks NEUTRAL = Looks.of(Palette.ALLOCATED);
    /** Bars by their sign. */
    public static final Looks SIGNED = Looks.of(Palette.HELP);

    private Charts() {}

    /** @param series [2, points]: x and y of each line, by name, in the order of drawing */
    public static JFreeChart lines(String x, String y, Map<String, double[][]> series, Looks looks) {
        DefaultXYDataset data = new DefaultXYDataset();
        series.forEach((name, points) -> data.addSeries(name, drawable(points)));
        JFreeChart chart = ChartFactory.createXYLineChart(
                null, x, y, data, PlotOrientation.VERTICAL, series.size() > 1, false, false);
        XYPlot plot = chart.getXYPlot();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setLegendLine(LEGEND_LINE);
        for (int i = 0; i < series.size(); i++) {
            Palette.Look look = looks.of(i, series.size());
            renderer.setSeriesPaint(i, look.colour());
            renderer.setSeriesStroke(i, look.stroke());
        }
        plot.setRenderer(renderer);
        plot.getDomainAxis().setLowerMargin(0);
        plot.getDomainAxis().setUpperMargin(0);
        if (plot.getRangeAxis() instanceof NumberAxis axis) {
            axis.setAutoRangeIncludesZero(false);
        }
        plot.setDomainGridlinePaint(Palette.FAINT);
        plot.setRangeGridlinePaint(Palette.FAINT);
        style(chart, plot);
        for (var axis : List.of(plot.getDomainAxis(), plot.getRangeAxis())) {
            axis.setLabelFont(SMALL);
            axis.setTickLabelFont(SMALL);
            axis.setLabelPaint(Palette.INK);
            axis.setTickLabelPaint(Palette.INK);
        }
        return chart;
    }

    /** @param bins [2, bins]: start and height of each bin; bins are contiguous */
    public static JFreeChart histogram(String x, String y, double[][] bins) {
        JFreeChart chart = lines(x, y, Map.of("", bins), NEUTRAL);
        XYStepAreaRenderer renderer = new XYStepAreaRenderer();
        renderer.setSeriesPaint(0, Palette.ALLOCATED);
        chart.getXYPlot().setRenderer(renderer);
        if (chart.getXYPlot().getRangeAxis() instanceof NumberAxis axis) {
            axis.setAutoRangeIncludesZero(true);
        }
        return chart;
    }

    /** Lines on logarithmic axes; numbers must be above 0. */
    public static JFreeChart logarithmic(String x, String y, Map<String, double[][]> series, Looks looks) {
        JFreeChart chart = lines(x, y, series, looks);
        chart.getXYPlot().setDomainAxis(logAxis(x));
        chart.getXYPlot().setRangeAxis(logAxis(y));
        return chart;
    }

    /** @param groups the height of each bar, by group and name, in order; bars of LCA have the colours of help and hurt */
    public static JFreeChart bars(String y, Map<String, Map<String, Double>> groups, Looks looks) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        groups.forEach((group, bars) ->
                bars.forEach((name, height) -> data.addValue(isDrawable(height) ? height : null, group, name)));
        JFreeChart chart = ChartFactory.createBarChart(
                null, null, y, data, PlotOrientation.VERTICAL, groups.size() > 1, false, false);
        CategoryPlot plot = chart.getCategoryPlot();
        BarRenderer renderer = looks == SIGNED ? new SignedBars() : new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0.05);
        renderer.setMaximumBarWidth(0.12);
        for (int i = 0; i < groups.size(); i++) {
            renderer.setSeriesPaint(i, looks.of(i, groups.size()).colour());
        }
        plot.setRenderer(renderer);
        plot.setRangeGridlinePaint(Palette.FAINT);
        int names = data.getColumnCount();
        plot.getDomainAxis()
                .setCategoryLabelPositions(names > 8 ? CategoryLabelPositions.UP_45 : CategoryLabelPositions.STANDARD);
        style(chart, plot);
        plot.getDomainAxis().setTickLabelFont(SMALL);
        plot.getDomainAxis().setTickLabelPaint(Palette.INK);
        plot.getRangeAxis().setLabelFont(SMALL);
        plot.getRangeAxis().setTickLabelFont(SMALL);
        plot.getRangeAxis().setLabelPaint(Palette.INK);
        plot.getRangeAxis().setTickLabelPaint(Palette.INK);
        return chart;
    }

    /** A value that is not finite leaves a gap in a line, because the axis would be infinite. */
    private static double[][] drawable(double[][] points) {
        double[] y = points[1].clone();
        for (int i = 0; i < y.length; i++) {
            y[i] = isDrawable(y[i]) && isDrawable(points[0][i]) ? y[i] : Double.NaN;
        }
        double[] x = Arrays.stream(points[0])
                .map(value -> isDrawable(value) ? value : Double.NaN)
                .toArray();
        return new double[][] {x, y};
    }

    /** Numbers near the largest double count as not finite: the length of the axis would overflow. */
    private static boolean isDrawable(double value) {
        return Math.abs(value) < MOST_DRAWN;
    }

    private static LogAxis logAxis(String label) {
        LogAxis axis = new LogAxis(label);
        axis.setBase(10);
        axis.setStandardTickUnits(new NumberTickUnitSource());
        axis.setNumberFormatOverride(new DecimalFormat("0E0", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setLabelFont(SMALL);
        axis.setTickLabelFont(SMALL);
        axis.setLabelPaint(Palette.INK);
        axis.setTickLabelPaint(Palette.INK);
        return axis;
    }

    private static void style(JFreeChart chart, Plot plot) {
        chart.setBackgroundPaint(Palette.PAPER);
        chart.setPadding(new RectangleInsets(4, 4, 4, 12));
        plot.setBackgroundPaint(Palette.PAPER);
        plot.setOutlineVisible(false);
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(SMALL);
            chart.getLegend().setItemPaint(Palette.INK);
            chart.getLegend().setFrame(BlockBorder.NONE);
            chart.getLegend().setBackgroundPaint(Palette.PAPER);
        }
    }

    /** Bars of LCA: blue below zero, orange above. */
    private static final class SignedBars extends BarRenderer {
        private static final long serialVersionUID = 1;

        @Override
        public Paint getItemPaint(int row, int column) {
            Number height = getPlot().getDataset().getValue(row, column);
            return height != null && height.doubleValue() > 0 ? Palette.HURT : Palette.HELP;
        }
    }
}
