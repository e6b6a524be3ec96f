package io.lossledger.dashboards.live;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;

/** The files of the page, all from the class path and kept in memory; no other file can be requested. Immutable. */
final class PageFiles {
    private static final String UPLOT = "META-INF/resources/webjars/uplot/";
    private static final String UPLOT_FACTS = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final String[] SCRIPTS = {
        "main",
        "actions",
        "address",
        "areas",
        "charts",
        "colors",
        "compare",
        "detail",
        "empty",
        "format",
        "heatmap",
        "keys",
        "layers",
        "model",
        "notices",
        "panel",
        "pickers",
        "relations",
        "runs",
        "side",
        "smooth",
        "states",
        "stream",
        "take",
        "theme",
        "verdicts"
    };

    private final Map<String, PageFile> files = new LinkedHashMap<>();

    /** One served file. */
    private static final class PageFile {
        private final String type;
        private final byte[] bytes;
        private final String tag;

        PageFile(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
            tag = PageFiles.tag(bytes);
        }
    }

    PageFiles() {
        add("/", "text/html; charset=utf-8", "live/index.html");
        add("/live.css", STYLE, "live/live.css");
        add("/favicon.svg", "image/svg+xml", "live/favicon.svg");
        for (String script : SCRIPTS) {
            add("/" + script + ".js", SCRIPT, "live/" + script + ".js");
        }
        String uplot = UPLOT + uplotVersion() + "/dist/";
        add("/uplot.js", SCRIPT, uplot + "uPlot.iife.min.js");
        add("/uplot.css", STYLE, uplot + "uPlot.min.css");
    }

    Set<String> paths() {
        return files.keySet();
    }

    /** Serves the file with one of the paths; a browser that has it gets a 304. */
    void serve(String path, Context context) {
        PageFile file = Objects.requireNonNull(files.get(path));
        context.header("Cache-Control", "no-cache").header("ETag", file.tag);
        if (file.tag.equals(context.header("If-None-Match"))) {
            context.status(304);
        } else {
            context.contentType(file.type).result(file.bytes);
        }
    }

    private void add(String path, String type, String resource) {
        files.put(path, new PageFile(type, read(resource)));
    }

    private static String uplotVersion() {
        Properties facts = new Properties();
        try (InputStream in = open(UPLOT_FACTS)) {
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return facts.getProperty("version");
    }

    private static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = PageFiles.class.getClassLoader().getResourceAsStream(resource);
        if (in == null) {
            throw new IOException("The class path lacks " + resource);
        }
        return in;
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + new BigInteger(1, digest).toString(36).substring(0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
