/**
 * The processors on Kafka Streams and how they are connected. Start reading at {@link
 * io.lossledger.streams.topology.LedgerTopology}.
 */
@NullMarked
package io.lossledger.streams.topology;

import org.jspecify.annotations.NullMarked;
