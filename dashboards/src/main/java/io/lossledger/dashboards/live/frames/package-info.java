/** Server-sent events as they go to a browser, and the JSON in them. */
@NullMarked
package io.lossledger.dashboards.live.frames;

import org.jspecify.annotations.NullMarked;
