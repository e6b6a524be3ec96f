/**
 * Reads the result topics and the list of runs, and reports which of them cannot be read. Start reading at {@link
 * io.lossledger.dashboards.live.topics.TopicReader}.
 */
@NullMarked
package io.lossledger.dashboards.live.topics;

import org.jspecify.annotations.NullMarked;
