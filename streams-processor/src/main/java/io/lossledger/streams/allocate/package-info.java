/**
 * Handles one chunk: parses and checks its update, and allocates the loss change to its parameters. Uses no Kafka
 * client, and only the key-value store of Kafka Streams. Start reading at {@link
 * io.lossledger.streams.allocate.UpdateAllocator}.
 */
@NullMarked
package io.lossledger.streams.allocate;

import org.jspecify.annotations.NullMarked;
