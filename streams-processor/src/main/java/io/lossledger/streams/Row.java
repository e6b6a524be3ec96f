package io.lossledger.streams;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;

/** One row on its way to its result topic. */
record Row(LedgerTopic topic, Message value) {}
