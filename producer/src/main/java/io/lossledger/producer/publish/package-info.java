/**
 * Sends measured steps to Kafka in chunks, and counts losses. Independent of any framework. Start reading at {@link
 * io.lossledger.producer.publish.LedgerPublisher}.
 */
@NullMarked
package io.lossledger.producer.publish;

import org.jspecify.annotations.NullMarked;
