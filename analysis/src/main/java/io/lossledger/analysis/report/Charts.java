package io.lossledger.analysis.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
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
final class Charts {
    /** Colours that most people can distinguish (Wong, "Points of view: Color blindness", Nature Methods 2011). */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x555555),
            new Color(0xB2A000));

    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Color FAINT = new Color(0xDDDDDD);
    private static final Color INK = new Color(0x444444);
    private static final int MOST_LEGENDS = 24;
    private static final double MOST_DRAWN = 1e300;

    private Charts() {}

    /** @param series [2, points]: x and y of each line, by name, in the order of drawing */
    static JFreeChart lines(String x, String y, Map<String, double[][]> series) {
        DefaultXYDataset data = new DefaultXYDataset();
        series.forEach((name, points) -> data.addSeries(name, drawable(points)));
        JFreeChart chart = ChartFactory.createXYLineChart(
                null, x, y, data, PlotOrientation.VERTICAL, series.size() > 1, false, false);
        XYPlot plot = chart.getXYPlot();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        for (int i = 0; i < series.size(); i++) {
            renderer.setSeriesPaint(i, colour(i));
            renderer.setSeriesStroke(i, new BasicStroke(1.4f));
        }
        plot.setRenderer(renderer);
        plot.getDomainAxis().setLowerMargin(0);
        plot.getDomainAxis().setUpperMargin(0);
        if (plot.getRangeAxis() instanceof NumberAxis axis) {
            axis.setAutoRangeIncludesZero(false);
        }
        plot.setDomainGridlinePaint(FAINT);
        plot.setRangeGridlinePaint(FAINT);
        style(chart, plot, series.size());
        for (var axis : List.of(plot.getDomainAxis(), plot.getRangeAxis())) {
            axis.setLabelFont(SMALL);
            axis.setTickLabelFont(SMALL);
            axis.setLabelPaint(INK);
            axis.setTickLabelPaint(INK);
        }
        return chart;
    }

    /** @param bins [2, bins]: start and height of each bin; bins are contiguous */
    static JFreeChart histogram(String x, String y, double[][] bins) {
        JFreeChart chart = lines(x, y, Map.of("", bins));
        XYStepAreaRenderer renderer = new XYStepAreaRenderer();
        renderer.setSeriesPaint(0, colour(0));
        chart.getXYPlot().setRenderer(renderer);
        return chart;
    }

    /** Lines on logarithmic axes; numbers must be above 0. */
    static JFreeChart logarithmic(String x, String y, Map<String, double[][]> series) {
        JFreeChart chart = lines(x, y, series);
        chart.getXYPlot().setDomainAxis(logAxis(x));
        chart.getXYPlot().setRangeAxis(logAxis(y));
        return chart;
    }

    /** @param groups the height of each bar, by group and name, in order */
    static JFreeChart bars(String y, Map<String, Map<String, Double>> groups) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        groups.forEach((group, bars) ->
                bars.forEach((name, height) -> data.addValue(isDrawable(height) ? height : null, group, name)));
        JFreeChart chart = ChartFactory.createBarChart(
                null, null, y, data, PlotOrientation.VERTICAL, groups.size() > 1, false, false);
        CategoryPlot plot = chart.getCategoryPlot();
        BarRenderer renderer = new BarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0.05);
        renderer.setMaximumBarWidth(0.12);
        for (int i = 0; i < groups.size(); i++) {
            renderer.setSeriesPaint(i, colour(i));
        }
        plot.setRenderer(renderer);
        plot.setRangeGridlinePaint(FAINT);
        int names = data.getColumnCount();
        plot.getDomainAxis()
                .setCategoryLabelPositions(names > 8 ? CategoryLabelPositions.UP_45 : CategoryLabelPositions.STANDARD);
        style(chart, plot, groups.size());
        plot.getDomainAxis().setTickLabelFont(SMALL);
        plot.getDomainAxis().setTickLabelPaint(INK);
        plot.getRangeAxis().setLabelFont(SMALL);
        plot.getRangeAxis().setTickLabelFont(SMALL);
        plot.getRangeAxis().setLabelPaint(INK);
        plot.getRangeAxis().setTickLabelPaint(INK);
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
        axis.setLabelPaint(INK);
        axis.setTickLabelPaint(INK);
        return axis;
    }

    private static void style(JFreeChart chart, Plot plot, int series) {
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(4, 4, 4, 12));
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(SMALL);
            chart.getLegend().setItemPaint(INK);
            chart.getLegend().setFrame(BlockBorder.NONE);
            chart.getLegend().setVisible(series <= MOST_LEGENDS);
        }
    }

    private static Color colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }
}
