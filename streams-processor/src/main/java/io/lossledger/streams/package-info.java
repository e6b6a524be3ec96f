/**
 * Checks the topics, then starts and stops the Kafka Streams application. Start reading at {@link
 * io.lossledger.streams.LedgerProcessor}.
 */
@NullMarked
package io.lossledger.streams;

import org.jspecify.annotations.NullMarked;
