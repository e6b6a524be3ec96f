/** The live page: reads the result topics like any other consumer and shows them in a browser. */
@NullMarked
package io.lossledger.dashboards;

import org.jspecify.annotations.NullMarked;
