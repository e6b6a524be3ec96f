package io.lossledger.streams.steps;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;

/** One row on its way to its result topic. */
public record Row(LedgerTopic topic, Message value) {}
