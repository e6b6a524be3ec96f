package io.lossledger.streams.books;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store on the heap that needs no Kafka Streams and keeps messages as objects. Keys are ASCII, so that they sort as
 * in Kafka's own stores. A scan must end before the store is changed. Not thread-safe.
 */
public final class MemoryStore<V> implements KeyValueStore<String, V> {
    private final NavigableMap<String, V> entries = new TreeMap<>();
    private final String name;

    public MemoryStore(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable V get(String key) {
        return entries.get(key);
    }

    @Override
    public void put(String key, V value) {
        entries.put(key, value);
    }

    @Override
    public @Nullable V putIfAbsent(String key, V value) {
        return entries.putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<String, V>> others) {
        others.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public @Nullable V delete(String key) {
        return entries.remove(key);
    }

    /** Deletes all keys that begin with the prefix. */
    public void deletePrefix(String prefix) {
        entries.subMap(prefix, prefix + Character.MAX_VALUE).clear();
    }

    @Override
    public KeyValueIterator<String, V> range(@Nullable String from, @Nullable String to) {
        NavigableMap<String, V> part = from == null ? entries : entries.tailMap(from, true);
        return new Scan<>(to == null ? part : part.headMap(to, true));
    }

    @Override
    public KeyValueIterator<String, V> all() {
        return new Scan<>(entries);
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<String, V> prefixScan(P prefix, S serializer) {
        String from = prefix.toString();
        return new Scan<>(entries.subMap(from, from + Character.MAX_VALUE));
    }

    @Override
    public long approximateNumEntries() {
        return entries.size();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        throw new UnsupportedOperationException(name + " is not for Kafka Streams");
    }

    @Override
    public void close() {
        entries.clear();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    private static final class Scan<V> implements KeyValueIterator<String, V> {
        private final Iterator<Map.Entry<String, V>> left;

        Scan(Map<String, V> part) {
            left = part.entrySet().iterator();
        }

        @Override
        public boolean hasNext() {
            return left.hasNext();
        }

        @Override
        public KeyValue<String, V> next() {
            Map.Entry<String, V> entry = left.next();
            return KeyValue.pair(entry.getKey(), entry.getValue());
        }

        @Override
        public String peekNextKey() {
            throw new NoSuchElementException("Only next() advances the iterator");
        }

        @Override
        public void close() {}
    }
}
