package io.lossledger.streams.books;

import com.google.protobuf.ByteString;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.UnitBook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps the newest and the cumulative LCA of each unit, and how often its LCA has changed sign, which reveals
 * oscillating units. The sign is compared with that of the unit's last non-zero LCA. Not thread-safe.
 */
public final class UnitLedger {
    /** Limits an entry of the store to about 400 KB. */
    static final int UNITS_PER_BOOK = 16_384;

    private static final byte NO_SIGN = 0;
    private static final byte HELPED = 1;
    private static final byte HURT = 2;

    private final KeyValueStore<String, UnitBook> store;

    UnitLedger(KeyValueStore<String, UnitBook> store) {
        this.store = store;
    }

    /** A step with its sign changes, and the resulting books, which are not stored yet. */
    record Entry(BalancedStep step, Map<String, UnitBook> books) {}

    /** Enters a step; nothing is stored until {@link #put}. */
    Entry enter(BalancedStep step) {
        Map<String, UnitBook> books = new LinkedHashMap<>();
        List<BalancedStep.Objective> objectives = new ArrayList<>();
        for (BalancedStep.Objective objective : step.objectives()) {
            List<BalancedStep.Layer> layers = new ArrayList<>();
            for (BalancedStep.Layer layer : objective.layers()) {
                layers.add(enter(step, objective.facts(), layer, books));
            }
            objectives.add(objective.withLayers(layers));
        }
        return new Entry(step.withObjectives(objectives), books);
    }

    void put(Entry entry) {
        entry.books().forEach(store::put);
    }

    /** The key prefix that all units of a layer share. */
    public static String prefix(String run, int layerIndex) {
        return run + '|' + String.format(Locale.ROOT, "%010d", layerIndex) + '|';
    }

    private BalancedStep.Layer enter(
            BalancedStep step, ObjectiveFacts facts, BalancedStep.Layer layer, Map<String, UnitBook> books) {
        double[] units = layer.units();
        if (units == null) {
            return layer;
        }
        long signChanges = 0;
        String prefix = prefix(step.run(), layer.index())
                + counted(facts.getName())
                + counted(facts.getStratum())
                + counted(facts.getPart());
        for (int first = 0; first < units.length; first += UNITS_PER_BOOK) {
            String key = prefix + String.format(Locale.ROOT, "%010d", first);
            UnitBook before = store.get(key);
            UnitBook.Builder book = UnitBook.newBuilder()
                    .setObjective(facts.getName())
                    .setStratum(facts.getStratum())
                    .setPart(facts.getPart())
                    .setLayer(layer.name())
                    .setLayerIndex(layer.index())
                    .setUnits(units.length)
                    .setFirstUnit(first)
                    .setLastStep(step.step());
            signChanges += enter(before == null ? UnitBook.getDefaultInstance() : before, units, book);
            books.put(key, book.build());
        }
        return layer.withSignChanges(OptionalLong.of(signChanges));
    }

    private static long enter(UnitBook before, double[] units, UnitBook.Builder book) {
        book.setSteps(before.getSteps() + 1);
        int count = Math.min(UNITS_PER_BOOK, units.length - book.getFirstUnit());
        byte[] signs = new byte[count];
        long changed = 0;
        for (int i = 0; i < count; i++) {
            double lca = units[book.getFirstUnit() + i];
            boolean known = i < before.getLatestCount();
            byte sign = known ? before.getSigns().byteAt(i) : NO_SIGN;
            signs[i] = sign(lca) == NO_SIGN ? sign : sign(lca);
            int change = sign != NO_SIGN && signs[i] != sign ? 1 : 0;
            book.addLatest(lca);
            book.addCumulative((known ? before.getCumulative(i) : 0) + lca);
            book.addSignChanges((known ? before.getSignChanges(i) : 0) + change);
            changed += change;
        }
        book.setSigns(ByteString.copyFrom(signs));
        return changed;
    }

    private static byte sign(double lca) {
        if (lca < 0) {
            return HELPED;
        }
        return lca > 0 ? HURT : NO_SIGN;
    }

    /** Prefixed with its length, so that no two lists of names give the same key. */
    private static String counted(String name) {
        return name.length() + ":" + name;
    }
}
