/** The books as Micrometer metrics, bounded in number. Start reading at {@link io.lossledger.streams.metrics.LedgerMetrics}. */
@NullMarked
package io.lossledger.streams.metrics;

import org.jspecify.annotations.NullMarked;
