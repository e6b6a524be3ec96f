package io.lossledger.dashboards;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.lossledger.protocol.RowFormat;

/** Reads rows in either format. A binary row cannot begin with a brace: it would be the end of a group. Stateless. */
final class RowDecoder {
    private RowDecoder() {}

    /** @throws InvalidProtocolBufferException when the bytes are no such row */
    static <B extends Message.Builder> B merge(byte[] value, B row) throws InvalidProtocolBufferException {
        RowFormat format = value.length > 0 && value[0] == '{' ? RowFormat.JSON : RowFormat.PROTOBUF;
        format.merge(value, row);
        return row;
    }
}
