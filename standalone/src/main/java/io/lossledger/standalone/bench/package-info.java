/** The commands below {@code lossledger bench}, and what they start and measure. */
@NullMarked
package io.lossledger.standalone.bench;

import org.jspecify.annotations.NullMarked;
