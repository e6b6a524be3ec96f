/**
 * The data that the page shows of one run: rows added up in buckets, so that a run of any length takes the same memory.
 * Start reading at {@link io.lossledger.dashboards.live.history.RunHistory}.
 */
@NullMarked
package io.lossledger.dashboards.live.history;

import org.jspecify.annotations.NullMarked;
