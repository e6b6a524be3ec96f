package io.lossledger.tests;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/** Lets stores write to the disk after some kilobytes, and not only after megabytes. */
public final class FlushedStores implements RocksDBConfigSetter {
    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        options.setWriteBufferSize(16 << 10);
    }

    @Override
    public void close(String store, Options options) {}
}
