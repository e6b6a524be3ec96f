/** Reads the books of runs while the processor runs. Start reading at {@link io.lossledger.streams.queries.RunQueries}. */
@NullMarked
package io.lossledger.streams.queries;

import org.jspecify.annotations.NullMarked;
