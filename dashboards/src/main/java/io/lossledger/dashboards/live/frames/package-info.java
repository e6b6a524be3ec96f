/** Server-sent events for the browser, and their JSON. */
@NullMarked
package io.lossledger.dashboards.live.frames;

import org.jspecify.annotations.NullMarked;
