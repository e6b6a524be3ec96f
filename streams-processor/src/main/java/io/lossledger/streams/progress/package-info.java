/** Whether the processor makes progress: what waits, and whether it is committed. Start with {@code Progress}. */
@NullMarked
package io.lossledger.streams.progress;

import org.jspecify.annotations.NullMarked;
