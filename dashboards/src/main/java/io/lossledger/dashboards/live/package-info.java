/** The live page and its server. Start reading at {@link io.lossledger.dashboards.live.LiveServer}. */
@NullMarked
package io.lossledger.dashboards.live;

import org.jspecify.annotations.NullMarked;
