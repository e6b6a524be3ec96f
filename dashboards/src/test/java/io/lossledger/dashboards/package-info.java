/** Tests of the live page. */
@NullMarked
package io.lossledger.dashboards;

import org.jspecify.annotations.NullMarked;
