package io.lossledger.dashboards.live.topics;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The topics that cannot be read now, and why, as reported by their readers. Thread-safe. */
public final class TopicTroubles {
    private final Map<Object, Map<String, String>> byReader = new HashMap<>();

    /** @param reasons reasons by topic, for all topics that this reader cannot read now; empty: it can read all */
    synchronized void set(Object reader, Map<String, String> reasons) {
        if (reasons.isEmpty()) {
            byReader.remove(reader);
        } else {
            byReader.put(reader, Map.copyOf(reasons));
        }
    }

    /** The reasons by topic. */
    public synchronized NavigableMap<String, String> all() {
        NavigableMap<String, String> all = new TreeMap<>();
        byReader.values().forEach(all::putAll);
        return all;
    }
}
