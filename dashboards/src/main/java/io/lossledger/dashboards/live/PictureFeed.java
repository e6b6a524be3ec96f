package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.ImageLayer;
import io.lossledger.dashboards.live.history.LayerKey;
import io.lossledger.dashboards.live.history.VectorRow;
import io.lossledger.dashboards.live.topics.TopicReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cumulated LCA of each incoming weight of the units of an {@link ImageLayer}, as pictures; colour channels are
 * added up. For large layers, only the units that moved the loss most. A picture is sent at most once a second.
 * Thread-safe.
 */
final class PictureFeed implements TopicReader.Sink, FrameSource {
    static final int MOST_UNITS = 128;
    private static final Logger log = LoggerFactory.getLogger(PictureFeed.class);
    private static final long PERIOD_NANOS = 1_000_000_000L;
    private static final int MOST_ROWS_A_STEP = 1 << 16;

    private final LayerKey key;
    private final ImageLayer image;
    private final LongSupplier clock;
    private final double[] weights;
    private final Map<Long, Long> lastSteps = new HashMap<>();
    private boolean reading = true;
    private long newestStep = -1;
    private long notes = 1;
    private long madeAt;
    private @Nullable Frame made;

    /** @param clock such as {@link System#nanoTime} */
    PictureFeed(LayerKey key, ImageLayer image, LongSupplier clock) {
        this.key = key;
        this.image = image;
        this.clock = clock;
        weights = new double[image.units() * image.inputs()];
    }

    /** What the record keys of the weights begin with. */
    static String keys(LayerKey key, ImageLayer image) {
        return key.run() + "|" + image.tensor() + "|";
    }

    @Override
    public synchronized void start(List<String> missingTopics) {
        reading = true;
        notes++;
    }

    @Override
    public synchronized void caughtUp() {
        reading = false;
        notes++;
    }

    @Override
    public void accept(Iterable<ConsumerRecord<String, byte[]>> rows) {
        String wanted = keys(key, image);
        for (ConsumerRecord<String, byte[]> row : rows) {
            if (row.key() != null && row.key().startsWith(wanted) && row.value() != null) {
                accept(row.value());
            }
        }
    }

    /** Adds a row; skips a row of another objective, or one that cannot be parsed. */
    void accept(byte[] value) {
        try {
            VectorRow.ofParameters(value, key).ifPresent(this::accept);
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("Skipped a row of parameters that cannot be parsed", e);
        }
    }

    private synchronized void accept(VectorRow row) {
        double[] lca = row.lca();
        boolean fits = row.first() >= 0 && row.first() <= weights.length - lca.length;
        boolean isKnown = lastSteps.containsKey(row.first()) || lastSteps.size() < MOST_ROWS_A_STEP;
        if (!fits || !isKnown || row.step() <= lastSteps.getOrDefault(row.first(), -1L)) {
            return;
        }
        lastSteps.put(row.first(), row.step());
        for (int i = 0; i < lca.length; i++) {
            weights[(int) row.first() + i] += lca[i];
        }
        newestStep = Math.max(newestStep, row.step());
        notes++;
    }

    @Override
    public synchronized Optional<Frame> after(@Nullable Frame last) {
        Frame current = made;
        if (current == null || (current.notes() != notes && clock.getAsLong() - madeAt >= PERIOD_NANOS)) {
            madeAt = clock.getAsLong();
            current = Frame.of("pictures", JsonText.object(this::write), notes);
            made = current;
        }
        return current == last ? Optional.empty() : Optional.of(current);
    }

    private void write(JsonText json) {
        json.put("run", key.run())
                .put("layer", key.layer())
                .put("objective", key.objective().name())
                .put("stratum", key.objective().stratum())
                .put("reading", reading)
                .put("step", newestStep)
                .put("side", image.side())
                .put("channels", image.channels())
                .put("all_units", image.units());
        if (newestStep < 0) {
            return;
        }
        double[][] pictures = new double[image.units()][];
        double[] moved = new double[image.units()];
        for (int unit = 0; unit < image.units(); unit++) {
            pictures[unit] = picture(unit);
            double sum = Arrays.stream(pictures[unit]).map(Math::abs).sum();
            moved[unit] = Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
        }
        int[] shown = IntStream.range(0, image.units())
                .boxed()
                .sorted(Comparator.comparingDouble(unit -> -moved[unit]))
                .limit(MOST_UNITS)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        write(json, shown, pictures);
    }

    /**
     * As 16-bit integers, scaled by the largest finite value; the smallest integer stands for a value that is not
     * finite.
     */
    private void write(JsonText json, int[] shown, double[][] pictures) {
        double largest = Arrays.stream(shown)
                .mapToDouble(unit -> Arrays.stream(pictures[unit])
                        .filter(Double::isFinite)
                        .map(Math::abs)
                        .max()
                        .orElse(0))
                .max()
                .orElse(0);
        ByteBuffer values =
                ByteBuffer.allocate(shown.length * image.pixels() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int unit : shown) {
            for (double value : pictures[unit]) {
                long part = Math.round(largest > 0 ? value / largest * Short.MAX_VALUE : 0);
                values.putShort(Double.isFinite(value) ? (short) part : Short.MIN_VALUE);
            }
        }
        json.put("largest", largest)
                .array("shown", list -> Arrays.stream(shown).forEach(list::add))
                .put("values", Base64.getEncoder().encodeToString(values.array()));
    }

    private double[] picture(int unit) {
        double[] picture = new double[image.pixels()];
        for (int i = 0; i < image.inputs(); i++) {
            picture[i % image.pixels()] += weights[unit * image.inputs() + i];
        }
        return picture;
    }
}
