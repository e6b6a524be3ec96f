package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape holds, read as Prometheus reads its text format. */
record Scrape(List<Sample> samples, Map<String, String> types, Map<String, String> help) {
    private static final Pattern SAMPLE = Pattern.compile("([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(String text) {
        List<Sample> samples = new ArrayList<>();
        Map<String, String> types = new HashMap<>();
        Map<String, String> help = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# ")) {
                String[] words = line.split(" ", 4);
                (words[1].equals("TYPE") ? types : help).put(words[2], words[3]);
            } else if (!line.isEmpty()) {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                Map<String, String> labels = new TreeMap<>();
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
                samples.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
            }
        }
        return new Scrape(samples, types, help);
    }

    List<Sample> samples(String name) {
        return samples.stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /** The value of the only sample with these labels among its own; labels are name, value, name, value ... */
    double value(String name, String... labels) {
        List<Sample> found = samples(name).stream()
                .filter(sample -> {
                    boolean fits = true;
                    for (int i = 0; i < labels.length; i += 2) {
                        fits &= labels[i + 1].equals(sample.labels().get(labels[i]));
                    }
                    return fits;
                })
                .toList();
        assertThat(found).as(name + List.of(labels)).hasSize(1);
        return found.get(0).value();
    }
}
