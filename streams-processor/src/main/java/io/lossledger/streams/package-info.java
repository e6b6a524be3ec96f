/**
 * Starts and stops the Kafka Streams application, and checks its topics first. Start reading at {@link
 * io.lossledger.streams.LedgerProcessor}.
 */
@NullMarked
package io.lossledger.streams;

import org.jspecify.annotations.NullMarked;
