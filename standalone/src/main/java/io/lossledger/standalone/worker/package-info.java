/** The worker that measures recorded trajectories: its command, its metrics and what it says. */
@NullMarked
package io.lossledger.standalone.worker;

import org.jspecify.annotations.NullMarked;
