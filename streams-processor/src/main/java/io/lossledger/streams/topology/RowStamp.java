package io.lossledger.streams.topology;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Marks rows with the application that writes them. Immutable. */
final class RowStamp {
    /** The name of the header. */
    static final String APPLICATION = "lossledger.application";

    private final Header header;

    RowStamp(String applicationId) {
        header = new RecordHeader(APPLICATION, applicationId.getBytes(StandardCharsets.UTF_8));
    }

    /** The headers of a row. */
    Headers headers() {
        return new RecordHeaders(new Header[] {header});
    }
}
