/** Tests of the live page. */
@NullMarked
package io.lossledger.dashboards.live;

import org.jspecify.annotations.NullMarked;
