/** Runs as tables in files, and as a report. */
@NullMarked
package io.lossledger.analysis;

import org.jspecify.annotations.NullMarked;
