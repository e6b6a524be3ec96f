/**
 * The books of runs: assembles the chunks of each step, books whole steps in order, and ends or deletes runs. Uses no
 * Kafka client, and only the key-value store of Kafka Streams. Start reading at {@link
 * io.lossledger.streams.books.StepAssembler}.
 */
@NullMarked
package io.lossledger.streams.books;

import org.jspecify.annotations.NullMarked;
