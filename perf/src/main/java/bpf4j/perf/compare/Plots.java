package bpf4j.perf.compare;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The results as pictures (PNG): time per program, warm-up, time and compilation against size. A
/// picture without data is not drawn.
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final Pattern SIZE = Pattern.compile("(straight|branchy)_(\\d+)k");
    private static final Pattern WARM_UP = Pattern.compile("warm-up-(\\w+)-(\\d+)");

    /// Who is drawn in the picture of all programs: contender, entry, memory.
    private static final String[][] DRAWN = {
        {"jit", "single", "heap"},
        {"jit", "batch", "heap"},
        {"hand", "single", "heap"},
        {"native", "batch", "native"},
        {"kernel", "batch", "kernel"},
        {"ubpf-jit", "batch", "native"},
        {"chicory", "batch", "linear"},
    };

    private final List<Sample> samples;
    private final Path folder;

    private Plots(List<Sample> samples, Path folder) {
        this.samples = samples;
        this.folder = folder;
    }

    /// Draws what the samples have data for.
    static void draw(List<Sample> samples, Path folder) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Files.createDirectories(folder);
        Plots plots = new Plots(samples, folder);
        plots.programs();
        plots.warmUp();
        plots.size();
        plots.compilation();
    }

    private void programs() throws IOException {
        List<String> names =
                samples.stream()
                        .filter(sample -> sample.contender().equals("jit"))
                        .filter(sample -> sample.entry().equals("single"))
                        .map(Sample::program)
                        .distinct()
                        .filter(name -> !SIZE.matcher(name).matches())
                        .toList();
        if (names.isEmpty()) {
            return;
        }
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(WIDTH + 300)
                        .height(HEIGHT)
                        .title("Time of a run (median)")
                        .yAxisTitle("ns, logarithmic")
                        .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLabelRotation(30);
        chart.getStyler().setYAxisMin(1.0);
        for (String[] who : DRAWN) {
            List<Double> values = new ArrayList<>();
            for (String name : names) {
                values.add(find(name, who));
            }
            if (values.stream().anyMatch(value -> value > 1)) {
                chart.addSeries(who[0] + " " + who[1], names, values);
            }
        }
        save(chart, "programs");
    }

    /// 1, which is nothing on the logarithmic axis, where there is no sample.
    private double find(String program, String[] who) {
        return samples.stream()
                .filter(sample -> sample.program().equals(program))
                .filter(sample -> sample.contender().equals(who[0]))
                .filter(sample -> sample.entry().equals(who[1]))
                .filter(sample -> sample.memory().equals(who[2]))
                .mapToDouble(sample -> Math.max(1, sample.ns()))
                .findFirst()
                .orElse(1);
    }

    private void warmUp() throws IOException {
        Map<String, TreeMap<Double, Double>> curves = new TreeMap<>();
        for (Sample sample : samples) {
            Matcher matcher = WARM_UP.matcher(sample.entry());
            if (matcher.matches()) {
                point(
                        curves,
                        sample.program() + " " + matcher.group(1),
                        Double.parseDouble(matcher.group(2)),
                        sample.ns());
            }
        }
        XYChart chart = chart("Warm-up of the JIT", "packets since the first", "ns a packet");
        draw(chart, curves, "warm-up");
    }

    private void size() throws IOException {
        Map<String, TreeMap<Double, Double>> curves = new TreeMap<>();
        for (Sample sample : samples) {
            Matcher matcher = SIZE.matcher(sample.program());
            boolean run = sample.entry().equals("single") || sample.entry().equals("batch");
            if (run && matcher.matches()) {
                double insns = 1000 * Double.parseDouble(matcher.group(2));
                point(
                        curves,
                        sample.contender() + " " + matcher.group(1),
                        insns,
                        sample.ns() / insns);
            }
        }
        XYChart chart = chart("Time against size", "instructions", "ns a run for each instruction");
        draw(chart, curves, "size");
    }

    private void compilation() throws IOException {
        Map<String, TreeMap<Double, Double>> curves = new TreeMap<>();
        for (Sample sample : samples) {
            Matcher matcher = SIZE.matcher(sample.program());
            boolean load = sample.entry().equals("verify") || sample.entry().equals("compile");
            if (load && matcher.matches()) {
                point(
                        curves,
                        sample.entry(),
                        1000 * Double.parseDouble(matcher.group(2)),
                        sample.ns() / 1e6);
            }
        }
        XYChart chart = chart("Verifying and compiling against size", "instructions", "ms");
        draw(chart, curves, "compile");
    }

    private static void point(
            Map<String, TreeMap<Double, Double>> curves, String name, double x, double y) {
        curves.computeIfAbsent(name, _ -> new TreeMap<>()).put(x, Math.max(y, 1e-3));
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(x + ", logarithmic")
                        .yAxisTitle(y + ", logarithmic")
                        .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        return chart;
    }

    private void draw(XYChart chart, Map<String, TreeMap<Double, Double>> curves, String file)
            throws IOException {
        if (curves.isEmpty()) {
            return;
        }
        curves.forEach(
                (name, points) ->
                        chart.addSeries(
                                name,
                                new ArrayList<>(points.keySet()),
                                new ArrayList<>(points.values())));
        save(chart, file);
    }

    private void save(Chart<?, ?> chart, String file) throws IOException {
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        BitmapEncoder.saveBitmap(
                chart, folder.resolve(file + ".png").toString(), BitmapEncoder.BitmapFormat.PNG);
    }
}
